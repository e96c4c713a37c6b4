import {
  type ScenarioName,
  type Simulator,
  scenarioNames,
  scenarios,
  startSimulator,
} from '@bulkwatch/simulator';
import { manualClock } from '@bulkwatch/testkit';
import { describe, expect, it } from 'vitest';
import { type JobInMemory, jobInMemory } from './job-in-memory.js';
import { type VirtualWorkerOptions, virtualWorker } from './virtual-worker.js';

/**
 * Every scenario of the simulator through the worker's main line and a real connection, in virtual time: what
 * a job is put through over hours takes milliseconds. tests/e2e plays what is quick in real time, with Redis.
 */

/** An open job is looked at for so long. */
const patienceMs = 3 * 3_600_000;
const pollsMax = 300;

interface Outcome extends JobInMemory {
  readonly simulator: Simulator;
  readonly tookMs: number;
}

async function play(name: ScenarioName, allowOther = false): Promise<Outcome> {
  const clock = manualClock(Date.now());
  const simulator = await startSimulator({ now: () => clock.now() });
  const { statusUrl } = simulator.play(name, { retryAfterSeconds: 1 });
  const job = jobInMemory({ statusUrl, preset: scenarios[name].plays }, clock);
  const startedAt = clock.now();
  try {
    await pollUntilSettled(name, { job, clock, simulator, allowOther });
  } finally {
    await simulator.stop();
  }
  return { ...job, state: job.state, simulator, tookMs: clock.now() - startedAt };
}

async function pollUntilSettled(name: ScenarioName, options: VirtualWorkerOptions): Promise<void> {
  const { job, clock } = options;
  const worker = virtualWorker(options);
  const endsAt = clock.now() + patienceMs;
  for (let polls = 0; polls < pollsMax && clock.now() < endsAt; polls += 1) {
    if (!(await worker.poll())) break;
    if (scenarios[name].cancelMidway && job.state === 'in-progress') job.cancel();
  }
  await worker.close();
}

/** Reasons of the polls that failed, in order. */
const reasonsMet = ({ decisions }: JobInMemory) =>
  decisions.flatMap((decision) =>
    decision.next === 'poll-again' && decision.reason !== undefined ? [decision.reason] : [],
  );

describe('in virtual time', () => {
  it.each(scenarioNames)('%s', async (name) => {
    const { ends, meets, slow } = scenarios[name];
    const outcome = await play(name);
    const met = reasonsMet(outcome);
    const last = outcome.decisions.at(-1);

    if (ends.state === 'open') {
      expect(['registered', 'in-progress']).toContain(outcome.state);
      if (ends.reason !== undefined) expect(met).toContain(ends.reason);
    } else {
      expect(outcome.state).toBe(ends.state);
      expect(last && 'reason' in last ? last.reason : undefined).toBe(ends.reason);
      expect(outcome.tookMs > 60_000).toBe(slow === true);
    }
    expect(met.slice(0, meets?.length ?? 0)).toEqual(meets ?? []);
    if (last?.next === 'complete') {
      const { outputCount, errorCount, expiryAssumed } = ends;
      if (outputCount !== undefined) expect(last.summary).toMatchObject({ outputCount });
      if (errorCount !== undefined) expect(last.summary).toMatchObject({ errorCount });
      if (expiryAssumed !== undefined) expect(last.expiryAssumed ?? false).toBe(expiryAssumed);
    }
    expect(partialsOf(outcome)).toBe(ends.partials ?? 0);
  });

  it('a redirect to another origin that is trusted completes, and no token goes there', async () => {
    const { state, simulator } = await play('redirect/other-origin', true);
    const elsewhere = simulator.record.requests.filter(({ isOtherOrigin }) => isOtherOrigin);

    expect(state).toBe('completed');
    expect(elsewhere).toHaveLength(1);
    expect(elsewhere.some(({ hasAuthorization }) => hasAuthorization)).toBe(false);
  });
});

const partialsOf = ({ decisions }: JobInMemory): number =>
  decisions
    .map((decision) => (decision.next === 'poll-again' ? (decision.partials?.length ?? 0) : 0))
    .reduce((sum, count) => sum + count, 0);
