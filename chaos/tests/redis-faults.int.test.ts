import { connect } from 'node:net';
import {
  eventually,
  type FaultProxy,
  type Redis,
  startFaultProxy,
  startRedis,
  tellRedis,
} from '@bulkwatch/testkit';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { networkFaults, redisFaults } from '../src/index.js';

let redis: Redis;
let proxies: readonly FaultProxy[];
beforeAll(async () => {
  redis = await startRedis();
  proxies = await Promise.all([0, 1, 2].map(() => startFaultProxy(redis.port)));
});
afterAll(async () => {
  await Promise.all(proxies.map((proxy) => proxy.close()));
  await redis.stop();
});

interface Way {
  readonly proxy: FaultProxy;
}

const dice = (): number => 0.4;
/** Whether something can be written through each of the ways, soon. */
async function isWell(): Promise<void> {
  for (const { port } of [redis, ...proxies])
    expect(await tellRedis(port, 'INCR count')).toMatch(/^:\d/);
}

it.each(redisFaults)('$name is over once healed, and its record is kept', async (fault) => {
  await tellRedis(redis.port, 'SET kept yes');
  await tellRedis(redis.port, 'SET {bulkwatch}:bull:polls:x yes');
  const writing = connect(redis.port, '127.0.0.1');
  const on = setInterval(() => writing.write('INCR busy\r\n'), 5);
  writing.on('error', () => clearInterval(on));

  const heal = await fault.inject({ dice, redis });
  await heal();
  clearInterval(on);
  writing.destroy();

  await eventually(isWell);
  expect(await tellRedis(redis.port, 'GET kept')).toContain('yes');
  const isGone = (await tellRedis(redis.port, 'EXISTS {bulkwatch}:bull:polls:x')) === ':0\r\n';
  expect(isGone).toBe(fault.name === 'engine-keys-deleted');
  await heal();
  await eventually(isWell);
});

it.each(networkFaults)('$name is over once healed', async (fault) => {
  const [api, ...workers] = proxies.map((proxy) => ({ proxy })) as [Way, ...Way[]];
  const context = { dice, api: () => api, workers: () => workers };
  const heal = await fault.inject(context);
  await heal();
  await heal();
  await eventually(isWell);
});
