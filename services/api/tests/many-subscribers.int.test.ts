import { connect, type Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import {
  eventually,
  type Redis,
  type RunningProcess,
  startProcess,
  startRedis,
} from '@bulkwatch/testkit';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { newStatusUrl, provider } from './harness.js';

const main = fileURLToPath(new URL('../dist/main.js', import.meta.url));
const count = 1_000;

let redis: Redis;
let api: RunningProcess;
let port: number;
let opsPort: number;
const sockets: Socket[] = [];
beforeAll(async () => {
  redis = await startRedis();
  api = await startProcess({
    command: process.execPath,
    args: [main],
    env: {
      BULKWATCH_REDIS_URL: redis.url,
      BULKWATCH_PROVIDER_ORIGINS: provider,
      BULKWATCH_API_PORT: '0',
      BULKWATCH_API_OPS_PORT: '0',
      BULKWATCH_DANGEROUSLY_ALLOW_ANONYMOUS: 'true',
      BULKWATCH_LOG_LEVEL: 'info',
    },
    readyWhen: /"api listening"/,
  });
  const line = api.lines().find((text) => text.includes('api listening')) ?? '{}';
  ({ port, opsPort } = JSON.parse(line) as { port: number; opsPort: number });
});
afterAll(async () => {
  for (const socket of sockets) socket.destroy();
  await api.kill();
  await redis.stop();
});

/** Value of a metric of the process. */
async function metric(name: string): Promise<number> {
  const text = await (await fetch(`http://127.0.0.1:${opsPort}/metrics`)).text();
  return Number(new RegExp(`^${name}(?:\\{[^}]*\\})? (\\S+)$`, 'm').exec(text)?.[1]);
}

async function register(): Promise<void> {
  const response = await fetch(`http://127.0.0.1:${port}/v1/jobs`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ statusUrl: newStatusUrl() }),
  });
  expect(response.status).toBe(201);
}

/** How many times each subscriber was sent something with this in it. */
const received: string[] = [];
const timesOf = (text: string): number[] => received.map((got) => got.split(text).length - 1);

function subscribe(index: number): void {
  received[index] = '';
  const socket = connect(port, '127.0.0.1', () =>
    socket.write('GET /v1/events HTTP/1.1\r\nHost: localhost\r\n\r\n'),
  );
  socket.setEncoding('latin1').on('data', (chunk: string) => {
    received[index] += chunk;
  });
  socket.on('error', () => undefined);
  sockets.push(socket);
}

it(`one api process holds ${count} subscribers, and sends each of them every event once`, async () => {
  const [memoryBefore, cpuBefore] = [
    await metric('process_resident_memory_bytes'),
    await metric('process_cpu_seconds_total'),
  ];
  const startedAtMs = performance.now();
  for (let index = 0; index < count; index += 1) subscribe(index);
  await eventually(() => expect(timesOf('retry: ')).toEqual(Array(count).fill(1)), {
    timeoutMs: 20_000,
  });
  const openedAtMs = performance.now();
  expect(await metric('bulkwatch_api_subscribers')).toBe(count);

  await register();
  await eventually(() => expect(timesOf('event: ')).toEqual(Array(count).fill(1)), {
    everyMs: 5,
  });
  const toldAtMs = performance.now();
  for (let n = 0; n < 20; n += 1) await register();
  await eventually(() => expect(timesOf('event: ')).toEqual(Array(count).fill(21)), {
    timeoutMs: 20_000,
  });

  const each = ((await metric('process_resident_memory_bytes')) - memoryBefore) / count;
  const cpu = (await metric('process_cpu_seconds_total')) - cpuBefore;
  process.stdout.write(
    [
      `${count} subscribers open in ${Math.round(openedAtMs - startedAtMs)} ms`,
      `one event to all of them in ${Math.round(toldAtMs - openedAtMs)} ms, registration included`,
      `${Math.round(each / 1024)} kB of memory for each, ${cpu.toFixed(2)} s of CPU in all`,
    ].join('; ') + '\n',
  );
  expect(each).toBeLessThan(200 * 1024);
  expect(toldAtMs - openedAtMs).toBeLessThan(5_000);
});
