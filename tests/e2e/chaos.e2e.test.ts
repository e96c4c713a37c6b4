import { isGood, playRun } from '@bulkwatch/chaos';
import { expect, it } from 'vitest';

const seed = Number(process.env['FUZZ_SEED']);

/** One of each kind, of those that tell within a short run whether the house recovers; `npm run chaos` has them all. */
const faults = [
  'worker-killed',
  'worker-frozen',
  'worker-clock-wrong',
  'api-killed',
  'subscriber-killed',
  'redis-killed',
  'engine-keys-deleted',
  'worker-cut-off',
  'provider-errors',
  'provider-slow',
  'provider-redirects-to-evil',
];

it(`a short run of chaos keeps every promise (seed ${seed})`, async () => {
  const told: string[] = [];
  const result = await playRun({
    seed,
    minutes: 0.7,
    jobs: 250,
    // Few, so that the backlog after each trouble comes up against it.
    providerConcurrency: 2,
    settleMs: 120_000,
    only: faults,
    commandLine: 'npm test -- tests/e2e/chaos',
    path: process.env['PATH'] ?? '',
    say: (text) => told.push(text),
    signal: new AbortController().signal,
  });

  const { violations, invalid, mishaps } = result;
  expect({ violations, invalid, mishaps, told: isGood(result) ? [] : told }).toEqual({
    violations: [],
    invalid: [],
    mishaps: [],
    told: [],
  });
  expect(result.acknowledged).toBeGreaterThan(100);
  expect(Object.keys(result.faults).length).toBeGreaterThan(4);
});
