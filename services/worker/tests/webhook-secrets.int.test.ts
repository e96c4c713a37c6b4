import { eventually } from '@bulkwatch/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  newSecret,
  openWebhookFleet,
  type Receiver,
  startReceiver,
  type WebhookFleet,
} from './webhook-fleet.js';

/**
 * Secrets and URLs of webhooks go from the caller to the receiver, and are seen nowhere between: what is sent to
 * Redis is listened to, what it holds is read, and what the worker says is kept.
 */

let fleet: WebhookFleet;
let receiver: Receiver;
const commands: string[] = [];
let stopListening: () => void = () => undefined;
beforeAll(async () => {
  fleet = await openWebhookFleet();
  const monitor = await fleet.raw.monitor();
  monitor.on('monitor', (_time: string, args: string[]) => void commands.push(args.join(' ')));
  stopListening = () => monitor.disconnect();
  receiver = await startReceiver((_post, response, index) => {
    // It sends back what it was sent, as receivers in a debugging mode do.
    response.writeHead(index % 2 === 0 ? 500 : 200, { 'X-Echo': receiver.url });
    response.end(receiver.url);
  });
});
afterAll(async () => {
  stopListening();
  await fleet.close();
  await receiver.close();
});

/** The texts by which a secret could be known, its key without the padding of base64. */
const tracesOf = (secret: string): string[] => [secret.slice(6).replace(/=+$/, '')];

describe('a secret of a webhook', () => {
  it('is nowhere but with its receiver', async () => {
    const endpoint = await fleet.endpoint({ url: receiver.url });
    const rotated = await fleet.store.webhooks.rotateSecret('default', endpoint.id, 60_000);
    const own = newSecret();
    const worker = await fleet.worker({}, undefined, 'trace');
    const jobId = await fleet.happen('default', { webhook: { url: receiver.url, secret: own } });
    await fleet.store.webhooks.test('default', endpoint.id);
    await eventually(
      async () => {
        const log = await fleet.store.webhooks.deliveries('default', { jobId }, { limit: 9 });
        expect(log?.deliveries.map(({ state }) => state)).toEqual(['delivered', 'delivered']);
      },
      { timeoutMs: 10_000 },
    );
    await fleet.store.webhooks.amendEndpoint('default', endpoint.id, { url: `${receiver.url}&b` });

    const secrets = [endpoint.secret, rotated?.secret ?? '', own].flatMap(tracesOf);
    const traces = [...secrets, 'canary-query'];
    const places = {
      commands: commands.join('\n'),
      redis: await everythingIn(fleet),
      log: fleet.lines.join(''),
      told: JSON.stringify([fleet.told, fleet.problems]),
      metrics: await worker.metrics.registry.metrics(),
      shown: JSON.stringify([
        await fleet.store.webhooks.endpoints('default'),
        await fleet.store.webhooks.deliveries('default', { jobId }, { limit: 9 }),
        await fleet.store.jobs.get('default', jobId),
      ]),
      posted: JSON.stringify(receiver.posts.map(({ body, headers }) => [body, headers])),
    };
    for (const [place, text] of Object.entries(places))
      for (const trace of traces) expect(text.includes(trace), `${trace} in ${place}`).toBe(false);

    // That these are the places where something would be seen.
    for (const place of ['commands', 'redis', 'log', 'shown', 'posted'] as const)
      expect(places[place], place).toContain(jobId);
  });
});

async function everythingIn({ raw }: WebhookFleet): Promise<string> {
  const texts: string[] = [];
  for (const key of await raw.keys('*')) {
    const type = await raw.type(key);
    const content =
      type === 'hash'
        ? await raw.hgetall(key)
        : type === 'list'
          ? await raw.lrange(key, 0, -1)
          : type === 'zset'
            ? await raw.zrange(key, '0', '-1')
            : type === 'set'
              ? await raw.smembers(key)
              : type === 'stream'
                ? await raw.xrange(key, '-', '+')
                : await raw.get(key);
    texts.push(key, JSON.stringify(content));
  }
  return texts.join('\n');
}
