import { type Redis as Server, startRedis } from '@bulkwatch/testkit';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { RedisConnection } from '../src/redis.js';
import { createFakeRedis } from '../src/testing/fake-redis.js';

let server: Server;
let redis: Redis;
beforeAll(async () => {
  server = await startRedis();
  redis = new Redis(server.url, { protocol: 2 });
});
afterAll(async () => {
  redis.disconnect();
  await server.stop();
});

/** Sends commands, and gives what came of each, with ids of entries and idle times put the same way for everybody. */
function speaker(connection: Pick<RedisConnection, 'call'>) {
  const ids: string[] = [];
  const told: unknown[] = [];
  const alike = (reply: unknown): unknown => {
    if (Array.isArray(reply)) return reply.map(alike);
    const at = ids.indexOf(String(reply));
    return at < 0 ? reply : `entry ${at}`;
  };
  return {
    told,
    ids,
    async say(command: string, ...args: (string | number)[]): Promise<unknown> {
      const real = args.map((arg) => ids[Number(/^entry (\d+)$/.exec(String(arg))?.[1])] ?? arg);
      const reply = await connection
        .call(command, ...real)
        .catch((error: Error) => `${error.name} ${error.message.split(' ')[0]}`);
      if (command === 'XADD') ids.push(String(reply));
      told.push([command, alike(reply)]);
      return reply;
    },
  };
}

const members = (flat: unknown, ...names: string[]): unknown[] => {
  const list = flat as unknown[];
  return names.map((name) => list[list.indexOf(name) + 1]);
};

/** All that a subscriber says, and more than it says on a good day. */
async function converse(connection: Pick<RedisConnection, 'call'>): Promise<unknown[]> {
  const { say, told, ids } = speaker(connection);
  const rows = (reply: unknown): unknown =>
    (reply as unknown[][]).map(([id, who, , n]) => [id, who, n]);
  const pending = async (...args: (string | number)[]): Promise<void> => {
    const reply = await say('XPENDING', 's', 'g', ...args);
    told.pop();
    told.push(
      JSON.stringify(rows(reply)).replaceAll(/\d+-\d+/g, (id) => `entry ${ids.indexOf(id)}`),
    );
  };
  const read = (member: string, count: number): Promise<unknown> =>
    say('XREADGROUP', 'GROUP', 'g', member, 'COUNT', count, 'BLOCK', 5, 'STREAMS', 's', '>');

  await say('XREADGROUP', 'GROUP', 'g', 'm', 'COUNT', 1, 'BLOCK', 5, 'STREAMS', 's', '>');
  await say('XGROUP', 'CREATE', 's', 'g', '0', 'MKSTREAM');
  await say('XGROUP', 'CREATE', 's', 'g', '0', 'MKSTREAM');
  await read('a', 1);
  for (const text of ['one', 'two', 'three']) await say('XADD', 's', '*', 'event', text);
  await say('XADD', 's', 'MAXLEN', '~', 100, '*', 'event', 'four', 'more', '*');
  await read('a', 2);
  await read('b', 1);
  await pending('-', '+', 10);
  await pending('-', '+', 10, 'a');
  await pending('-', '+', 1, 'a');
  await pending('IDLE', 60_000, '-', '+', 10);
  await say('XCLAIM', 's', 'g', 'b', 60_000, 'entry 0');
  await say('XCLAIM', 's', 'g', 'b', 0, 'entry 0');
  await say('XCLAIM', 's', 'g', 'b', 0, 'entry 1', 'entry 3', 'JUSTID');
  await pending('-', '+', 10);
  await say('XACK', 's', 'g', 'entry 0', 'entry 3');
  await say('XACK', 's', 'g', 'entry 0');
  await say('XCLAIM', 's', 'g', 'b', 0, 'entry 0');
  await read('a', 10);
  await read('a', 10);
  await pending('-', '+', 10);
  await say('XGROUP', 'CREATE', 's', 'late', '$', 'MKSTREAM');
  await say('XGROUP', 'CREATE', 's', 'from', ids[1] ?? '', 'MKSTREAM');
  await say('XREADGROUP', 'GROUP', 'late', 'm', 'COUNT', 9, 'BLOCK', 5, 'STREAMS', 's', '>');
  await say('XREADGROUP', 'GROUP', 'from', 'm', 'COUNT', 9, 'BLOCK', 5, 'STREAMS', 's', '>');
  const stream = await say('XINFO', 'STREAM', 's');
  told.pop();
  told.push(
    members(stream, 'length', 'entries-added'),
    ids.indexOf(String(members(stream, 'last-generated-id'))),
  );
  const groups = (await say('XINFO', 'GROUPS', 's')) as unknown[];
  told.pop();
  const ours = groups.find((group) => members(group, 'name')[0] === 'g');
  told.push(members(ours, 'entries-read'), ids.indexOf(String(members(ours, 'last-delivered-id'))));
  await say('EXISTS', 'key');
  await say('SET', 'key', '1', 'EX', 60, 'NX');
  await say('EXISTS', 'key');
  await say('XGROUP', 'DELCONSUMER', 's', 'late', 'nobody');
  return told;
}

it('the Redis of the fake answers a subscriber as Redis does', async () => {
  const real = await converse({
    call: (command, ...args) => redis.call(command, ...args),
  });
  const fake = await converse(createFakeRedis().connection);

  expect(real.length).toBeGreaterThan(30);
  expect(fake).toEqual(real);
});
