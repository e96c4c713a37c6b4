import { describe, expect, it } from 'vitest';
import { reliabilityPage } from './reliability-page.mjs';

const run = {
  commit: 'abc123',
  ranAt: '2026-11-23T22:00:00.000Z',
  machine: { cores: 2, memoryBytes: 4e9, node: '20.20.2', redis: '7.0.15' },
  commandLine: 'npm run chaos -- --seed 7',
  seconds: 1800,
};
const zeros = {
  lost: 0,
  duplicated: 0,
  unexpected: 0,
  early: 0,
  earlyUnrecorded: 2,
  overConcurrency: 0,
  misdirectedTokens: 0,
  secretsSeen: 0,
  zombies: 0,
  unseen: 0,
};
const chaos = {
  ...run,
  ...zeros,
  file: 'chaos.json',
  kind: 'chaos',
  jobs: 20_345,
  acknowledged: 20_300,
  unknown: 45,
  recovered: 40,
  polls: 90_000,
  faults: { 'kill-worker': 12 },
  recovery: { 'kill-worker': { count: 12, medianMs: 900, worstMs: 4200 } },
  chances: {
    lost: 20_300,
    early: 90_000,
    duplicated: 0,
    'unseen by sse': 7,
    'unseen by stream': 8,
  },
  violations: [],
};

describe('the page of reliability', () => {
  it('says of what was not run that it was not run', () => {
    const page = reliabilityPage([], []);

    expect(page.match(/Not run yet: /g)).toHaveLength(4);
    expect(page).toContain('There is none yet.');
  });

  it('shows a zero with its chances, and none that had no chance', () => {
    const page = reliabilityPage([chaos], []);

    expect(page).toContain('| acknowledged jobs without a final event | 0 of 20,300 |');
    expect(page).toContain('| events that were appended twice | had no chance |');
    expect(page).toMatch(/planted secrets found .* \| not measured \|/);
    expect(page).toContain('| final events that a subscriber never got | 0 of 15 |');
    expect(page).toMatch(/\(not promised\) \| 2 of 90,000 \|/);
    expect(page).toContain('| kill-worker | 12 | 900 ms, at worst 4.2 s |');
  });

  it('shows what it is compared with beside it, each kind of it', () => {
    const plain = { ...chaos, file: 'p.json', kind: 'plain-bullmq', lost: 125, faults: {} };
    const stalls = {
      ...plain,
      file: 'q.json',
      commandLine: 'x --stalls 1000',
      lost: 0,
      early: 905,
    };
    const page = reliabilityPage([chaos, stalls, plain], []);

    expect(page).toContain('| Bulkwatch | Plain BullMQ | Plain BullMQ, `maxStalledCount` 1000 |');
    expect(page).toContain(
      '| acknowledged jobs without a final event | 0 of 20,300 | **125** of 20,300 | 0 of 20,300 |',
    );
    expect(page).toContain('| **905** of 90,000 |');
    expect(page).toContain('| kill-worker | 12 | 0 | 0 | 900 ms, at worst 4.2 s |');
  });

  it('lists runs that failed, and shows what they found', () => {
    const failed = { ...chaos, file: 'chaos-8.json', lost: 3, violations: ['a', 'b', 'c'] };
    const page = reliabilityPage([failed, chaos], []);

    expect(page).toContain('**3** of 20,300');
    expect(page).toContain('**failed**: 3 lost, 3 violations');
    expect(page).toContain(
      '| [chaos.json](reliability/chaos.json) | npm run chaos -- --seed 7 | abc123 | kept |',
    );
  });

  it('counts the mutants of each promise, and names those that nobody caught', () => {
    const mutants = [
      { name: 'a', promise: 3, breaks: 'x', caughtBy: 'unit', check: 'notices' },
      { name: 'b', promise: 3, breaks: 'y' },
    ];
    const result = { ...run, file: 'm.json', kind: 'mutants', total: 2, caught: 1, mutants };
    const page = reliabilityPage([result], []);

    expect(page).toContain('1 of 2 |');
    expect(page).toContain('| b | 3 | y | **nobody** |');
    expect(page).toContain('**failed**: 1 survived');
  });

  it('leads to the test of each fault', () => {
    const row = { row: 'A1', what: 'a worker dies', file: 'tests/e2e/a.test.ts', title: 'goes on' };

    expect(reliabilityPage([], [row])).toContain(
      '| A1 | a worker dies | [goes on](../tests/e2e/a.test.ts) |',
    );
  });

  it('names every simulated seed that broke an invariant', () => {
    const simulation = {
      ...run,
      file: 's.json',
      kind: 'simulation',
      firstSeed: 1,
      seeds: 1000,
      violations: [{ seed: 17, what: 'lost a job' }],
      simulatedYears: 12.3,
      polls: 5,
      jobs: 6,
      faults: { crash: 7 },
      reached: { rescued: 8 },
    };
    const page = reliabilityPage([simulation], []);

    expect(page).toContain('Seeds 1 to 1,000: **1 of 1,000** broke an invariant');
    expect(page).toContain('- seed 17: lost a job');
    expect(page).toContain('| rescued | 8 |');
  });
});
