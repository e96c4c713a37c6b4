import { Secret } from '@bulkwatch/runtime';
import { MockAgent, request } from 'undici';
import { expect, it } from 'vitest';
import { FollowingAgent } from './following-agent.js';

it('keeps what it has where it cannot open what the secret says now', async () => {
  const opened: string[] = [];
  const secret = new Secret('first');
  const agent = new FollowingAgent(secret, (text) => {
    if (text === 'broken') throw new URIError(text);
    opened.push(text);
    const one = new MockAgent();
    one.disableNetConnect();
    one.get('http://a.test').intercept({ path: '/' }).reply(204).persist();
    return one;
  });
  const ask = async () => (await request('http://a.test/', { dispatcher: agent })).statusCode;

  expect(await ask()).toBe(204);
  secret.renew('broken');
  await expect(ask()).rejects.toThrow(URIError);
  await expect(ask()).rejects.toThrow(URIError);
  secret.renew('first');

  expect(await ask()).toBe(204);
  expect(opened).toEqual(['first']);
  await agent.close();
});
