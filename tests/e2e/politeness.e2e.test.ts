import { execFile } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { ExportScript, ProviderRequest, Simulator } from '@bulkwatch/simulator';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { expectWithinLimits, registerMany, running, tell } from './crowd.js';
import { type Fleet, startFleet } from './fleet.js';

/**
 * Three workers over several providers, each of which writes down when requests came and how many were with it at
 * once: what it sees there is what counts, whatever we believe of ourselves.
 */
const limits = { concurrency: 8, perSecond: 60, burst: 10 };
const probeFirstMs = 1_500;
const probeLongestMs = 3_000;
/** How much earlier than it began after the one before a probe may seem to come, on a busy machine. */
const jitterMs = 700;

let fleet: Fleet;
let healthy: Simulator;
let dead: Simulator;
let slow: Simulator;
let throttled: Simulator;
let crowded: Simulator;
/** A key of the tenant that most jobs are of. */
let usual: string;

beforeAll(async () => {
  fleet = await startFleet(
    {
      BULKWATCH_DANGEROUSLY_ALLOW_ANONYMOUS: 'false',
      BULKWATCH_API_RATE_LIMIT: '1000000',
      BULKWATCH_PROVIDER_CONCURRENCY: String(limits.concurrency),
      BULKWATCH_PROVIDER_RATE: String(limits.perSecond),
      BULKWATCH_PROVIDER_BURST: String(limits.burst),
      BULKWATCH_CIRCUIT_FAILURES: '5',
      BULKWATCH_CIRCUIT_PROBE_FIRST: `${probeFirstMs}ms`,
      BULKWATCH_CIRCUIT_PROBE_LONGEST: `${probeLongestMs}ms`,
      BULKWATCH_REQUEST_TIMEOUT: '35s',
      BULKWATCH_LOCK_DURATION: '15s',
      BULKWATCH_RESCUE_GRACE: '10s',
      BULKWATCH_RETRY_AFTER_FLOOR: '200ms',
      BULKWATCH_LOG_LEVEL: 'info',
    },
    { moreProviders: 4, simulator: { requireToken: false } },
  );
  const [first, second, third, fourth] = fleet.moreProviders as [
    Simulator,
    Simulator,
    Simulator,
    Simulator,
  ];
  [healthy, dead, slow, throttled, crowded] = [fleet.simulator, first, second, third, fourth];
  usual = await keyOf('usual');
  await Promise.all([fleet.startWorker(), fleet.startWorker(), fleet.startWorker()]);
});
afterAll(() => fleet?.stop());

const register = (provider: Simulator, count: number, script: ExportScript, key = usual) =>
  registerMany(fleet, provider, count, script, { authorization: `Bearer ${key}` });

const since = (provider: Simulator, fromMs: number): readonly ProviderRequest[] =>
  provider.record.requests.filter(({ receivedAtMs }) => receivedAtMs >= fromMs);

/** What began before the circuit opened, and from then on one request at a time, an interval apart. */
function expectProbesOnly(provider: Simulator): void {
  const came = provider.record.requests.map(({ receivedAtMs }) => receivedAtMs);
  const gaps = came.slice(1).map((atMs, n) => atMs - (came[n] ?? 0));
  const opened = gaps.findIndex((gapMs) => gapMs >= probeFirstMs - jitterMs);
  expect(opened).toBeGreaterThanOrEqual(4);
  expect(opened).toBeLessThan(5 + limits.concurrency);
  const [first, ...later] = gaps.slice(opened);
  expect(first).toBeLessThan(probeFirstMs + 2_000);
  expect(later.length).toBeGreaterThan(3);
  expect(Math.min(...later)).toBeGreaterThanOrEqual(probeLongestMs - jitterMs);
}

/** The middle one of the p99 of several stretches of time, in ms: one hiccup of the machine is in one of them. */
async function lateness(stretches: number, stretchMs: number): Promise<number> {
  const p99s: number[] = [];
  for (let n = 0; n < stretches; n += 1) {
    const fromMs = performance.now();
    await pause(stretchMs);
    const late = since(healthy, fromMs)
      .flatMap(({ receivedAtMs, notBeforeMs }) =>
        notBeforeMs === null ? [] : [receivedAtMs - notBeforeMs],
      )
      .toSorted((one, other) => one - other);
    expect(late.length).toBeGreaterThan(50);
    p99s.push(late[Math.floor(late.length * 0.99)] ?? 0);
  }
  return p99s.toSorted((one, other) => one - other)[stretches >> 1] ?? 0;
}

/** A key of the api for a tenant. */
async function keyOf(tenant: string): Promise<string> {
  const cli = fileURLToPath(new URL('../../packages/cli/dist/main.js', import.meta.url));
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [cli, 'keys', 'create', '--tenant', tenant, '--name', tenant, '--scope', 'jobs:write'],
    { env: { ...process.env, BULKWATCH_REDIS_URL: fleet.redis.url } },
  );
  return /bwk_\S+/.exec(stdout)?.[0] ?? '';
}

it('polls a healthy provider as punctually while others are dead, slow or answer 429 to everything', async () => {
  for (let n = 0; n < 4; n += 1) {
    await register(healthy, 10, running(1, 20));
    await pause(250);
  }
  await pause(1_500);
  const alone = await lateness(5, 2_000);

  await register(slow, 100, running(1, 30_000));
  await register(throttled, 100, {
    steps: [{ answer: 'status', status: 429, retryAfterSeconds: 2 }],
  });
  for (let n = 0; n < 4; n += 1)
    await register(dead, 2_500, { steps: [{ answer: 'in-progress', fault: 'reset' }] });
  const fromMs = performance.now();
  const besideOthers = await lateness(5, 2_500);
  const passedMs = performance.now() - fromMs;

  const ratio = (besideOthers / alone).toFixed(2);
  tell(
    `p99 lateness: ${alone.toFixed()} ms alone, ${besideOthers.toFixed()} ms beside the others, ratio ${ratio}`,
  );
  expect(besideOthers).toBeLessThan(Math.max(3 * alone, alone + 250));
  for (const provider of [healthy, slow, throttled]) expectWithinLimits(provider, limits);
  // After each wait one or two find out that there is another.
  const waits = 1 + passedMs / 2_000;
  expect(since(throttled, fromMs).length).toBeLessThan((waits * limits.concurrency) / 2);
  expect(slow.record.maxConcurrency()).toBe(limits.concurrency);
  expectProbesOnly(dead);
});

it('shares what a provider can take between tenants, and never asks more of it', async () => {
  const key = await keyOf('smaller');
  // Each job wants to be polled every second: also those of the smaller tenant want more than all that is allowed.
  await register(crowded, 300, running(1, 40));
  const smaller = new Set(await register(crowded, 100, running(1, 40), key));
  await pause(3_000);
  const fromMs = performance.now();
  await pause(8_000);

  const requests = since(crowded, fromMs);
  expectWithinLimits(crowded, limits);
  expect(requests.length).toBeGreaterThan(0.5 * limits.perSecond * 8);
  const share = requests.filter(({ exportId }) => smaller.has(exportId)).length / requests.length;
  tell(
    `${(requests.length / 8).toFixed()} of ${limits.perSecond} per second, ${share.toFixed(2)} of them of the smaller tenant`,
  );
  expect(Math.abs(share - 0.5)).toBeLessThan(0.15);
});
