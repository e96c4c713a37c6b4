import { type ExportHistory, genericPreset, type ProviderPreset } from '@bulkwatch/core';
import { type ExportScript, startSimulator } from '@bulkwatch/simulator';
import { manualClock } from '@bulkwatch/testkit';
import { describe, expect, it } from 'vitest';
import { jobInMemory } from './job-in-memory.js';
import { virtualWorker } from './virtual-worker.js';

/** Standstills of days through the worker's main line and a real connection, in virtual time. */

const hours = 3_600_000;
type Step = ExportScript['steps'][number];

/** So many answers in a row, six hours apart. */
const at = (progress: string, times: number): Step => ({
  answer: 'in-progress',
  retryAfterSeconds: 6 * 3600,
  progress,
  times,
});
const unavailable = (times: number): Step => ({
  answer: 'status',
  status: 503,
  retryAfterSeconds: 6 * 3600,
  times,
});
const end: Step = { answer: 'complete' };

interface Played {
  readonly history?: ExportHistory;
  readonly stallAfterHours?: number;
}

/** Plays an export to its end; what was decided at each poll, and when, in hours from the first one. */
async function play(steps: readonly Step[], { history, stallAfterHours }: Played = {}) {
  const clock = manualClock(Date.now());
  const simulator = await startSimulator({ now: () => clock.now() });
  const { statusUrl } = simulator.createExport({ steps: [...steps] });
  const ours: ProviderPreset = {
    ...genericPreset,
    ...(stallAfterHours === undefined ? {} : { stallAfterHours }),
  };
  const { protocol } = ours;
  const job = jobInMemory(
    { statusUrl, preset: 'ours', protocol, ...(history === undefined ? {} : { history }) },
    clock,
  );
  const worker = virtualWorker({ job, clock, simulator, own: new Map([['ours', ours]]) });
  const startedAt = clock.now();
  const polledAtHours: number[] = [];
  try {
    do polledAtHours.push(Math.round((clock.now() - startedAt) / hours));
    while (await worker.poll());
  } finally {
    await Promise.all([worker.close(), simulator.stop()]);
  }
  const polls = job.decisions.map((decision, index) => ({
    atHours: polledAtHours[index],
    health: decision.next === 'poll-again' ? decision.health : decision.next,
    stalled: decision.next === 'poll-again' ? decision.stalled : undefined,
  }));
  return {
    healths: polls.map(({ health }) => health),
    toldAtHours: polls.flatMap(({ stalled, atHours }) => (stalled ? [atHours] : [])),
  };
}

describe('an export that stands still', () => {
  it('is told of once, recovers as it moves, and is told of again the next time', async () => {
    const { healths, toldAtHours } = await play([at('10%', 7), at('20%', 6), end]);

    expect(toldAtHours).toEqual([24, 66]);
    expect(healths.join(' ')).toBe(
      'ok ok ok ok stalled stalled stalled ok ok ok ok stalled stalled complete',
    );
  });

  it('is told of once also where polls fail in between', async () => {
    const { healths, toldAtHours } = await play([at('10%', 5), unavailable(2), at('10%', 2), end]);

    expect(toldAtHours).toEqual([24]);
    expect(healths.slice(4).join(' ')).toBe(
      'stalled provider-error provider-error stalled stalled complete',
    );
  });

  it('is given the time that exports there have been seen to take', async () => {
    const slow = { count: 10, medianMs: 12 * hours, p90Ms: 14 * hours };
    const steps = [at('in progress', 9), end];

    expect((await play(steps, { history: slow })).toldAtHours).toEqual([42]);
    expect((await play(steps, { history: { ...slow, count: 9 } })).toldAtHours).toEqual([24]);
  });

  it('is given the time that its preset names, whatever has been seen', async () => {
    const history = { count: 10, medianMs: 1 * hours, p90Ms: 1 * hours };
    const { toldAtHours } = await play([at('10%', 9), end], { history, stallAfterHours: 36 });

    expect(toldAtHours).toEqual([36]);
  });
});
