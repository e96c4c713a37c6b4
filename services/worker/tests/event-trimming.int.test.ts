import { fileURLToPath } from 'node:url';
import { eventually, freePort, startProcess, startRedis } from '@bulkwatch/testkit';
import { Redis } from 'ioredis';
import { expect, it } from 'vitest';

const main = fileURLToPath(new URL('../dist/main.js', import.meta.url));
const stream = '{bulkwatch}:events';

it('a worker keeps what a group needs, says so, and trims the rest as its settings say', async () => {
  const redis = await startRedis({ settings: { 'stream-node-max-entries': '1' } });
  const raw = new Redis(redis.url);
  const port = await freePort();
  const line = raw.pipeline();
  for (let n = 0; n < 3_000; n += 1) line.xadd(stream, '*', 'event', '{}');
  await line.exec();
  await raw.xgroup('CREATE', stream, 'away', '0');
  await raw.xgroup('CREATE', stream, 'all-read', '$');
  const start = () =>
    startProcess({
      command: process.execPath,
      args: [main],
      env: {
        PATH: process.env['PATH'] ?? '',
        BULKWATCH_REDIS_URL: redis.url,
        BULKWATCH_PROVIDER_ORIGINS: 'https://ehr.example.org',
        BULKWATCH_WORKER_OPS_PORT: String(port),
        BULKWATCH_EVENTS_MAX_LENGTH: '4000',
        BULKWATCH_EVENTS_KEEP_LENGTH: '1000',
      },
      readyWhen: /worker running/,
    });
  let worker = await start();
  const metrics = async (): Promise<string> =>
    (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  try {
    await eventually(async () => {
      const text = await metrics();
      expect(text).toContain('event_group_headroom_ratio{stream="house",group="away"} 0.25');
      expect(text).toContain('event_group_headroom_ratio{stream="house",group="all-read"} 1');
    });
    expect(worker.lines().join('\n')).toContain('a consumer group is far behind');
    expect(await raw.xlen(stream)).toBe(3_000);

    expect((await worker.stop()).code).toBe(0);

    // A worker looks first when it starts, and then every ten seconds.
    await raw.xgroup('DESTROY', stream, 'away');
    worker = await start();
    await eventually(async () => expect(await raw.xlen(stream)).toBe(1_000));
    expect((await worker.stop()).code).toBe(0);
  } finally {
    await worker.kill();
    raw.disconnect();
    await redis.stop();
  }
});
