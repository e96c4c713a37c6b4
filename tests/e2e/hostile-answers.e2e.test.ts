import type { Job, PollList } from '@bulkwatch/contract';
import { eventually, type RunningProcess } from '@bulkwatch/testkit';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { badAnswers } from './bad-answers.js';
import { type BadProviders, startBadProviders } from './bad-provider.js';
import { registerMany, running, tell } from './crowd.js';
import { type Fleet, startFleet } from './fleet.js';
import { loopWatch, type VitalSigns, vitalSigns } from './vital-signs.js';

const seed = Number(process.env['FUZZ_SEED']);
const answers = fc.sample(badAnswers, { seed, numRuns: 400 });

/** As promised: no answer holds up the loop for longer. */
const loopHeldMaxMs = 50;
/** Two thirds of what a worker is given on a cluster (infra/kubernetes), MiB. */
const memoryMaxMb = 1_024;

let fleet: Fleet;
let providers: BadProviders;
let worker: RunningProcess;
let canaryId: string;
let idle: VitalSigns;
let signs: VitalSigns;
let jobs: readonly Job[];

beforeAll(async () => {
  providers = await startBadProviders(answers);
  fleet = await startFleet(
    // Room for the others beside all answers that take their time; what fills a worker is another matter.
    { BULKWATCH_WORKER_CONCURRENCY: '50', BULKWATCH_LOG_LEVEL: 'info' },
    { simulator: { requireToken: false }, otherOrigins: providers.origins },
  );
  worker = await fleet.startWorker({ preload: loopWatch });
  // What is compiled and loaded at first use is no fault of an answer.
  [canaryId = ''] = await registerMany(fleet, fleet.simulator, 1, running(1));
  await registerMany(fleet, fleet.simulator, 50, { steps: [{ answer: 'complete' }] });
  // One that is read in a thread of its own, which is there from then on.
  const output = Array.from({ length: 5_000 }, () => ({ type: 'Patient' }));
  const [largeId = ''] = await registerMany(fleet, fleet.simulator, 1, {
    steps: [{ answer: 'complete' }],
    output,
  });
  await eventually(() => expect(fleet.simulator.record.requestsOf(largeId)).toHaveLength(1));
  await eventually(() => expect(polls().length).toBeGreaterThan(3), { timeoutMs: 30_000 });
  idle = await vitalSigns(worker);

  await registerAll(providers.statusUrls);
  await eventually(
    async () => {
      const now = new Map((await fleet.jobs()).map((job) => [job.statusUrl, job]));
      jobs = providers.statusUrls.map((url) => now.get(url) as Job);
      expect(jobs.filter(({ pollCount }) => pollCount === 0)).toEqual([]);
    },
    { timeoutMs: 120_000, everyMs: 500 },
  );
  signs = await vitalSigns(worker);
  tell(
    `${answers.length} bad answers: loop held up ${signs.longestMs} ms at most (before: ${idle.longestMs}) in ${signs.turns} turns, ` +
      `beyond 20 ms ${JSON.stringify(signs.beyond)}, memory ${idle.nowMb} MiB, at most ${signs.peakMb}, now ${signs.nowMb}`,
  );
});
afterAll(async () => {
  await fleet?.stop();
  await providers?.stop();
});

async function registerAll(statusUrls: readonly string[]): Promise<void> {
  const response = await fetch(`${fleet.apiUrl}/v1/jobs/batch`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-ndjson' },
    body: statusUrls.map((statusUrl) => JSON.stringify({ statusUrl })).join('\n'),
  });
  expect((await response.text()).match(/"status":201/g)).toHaveLength(statusUrls.length);
}

const polls = () => fleet.simulator.record.requestsOf(canaryId);

describe(`answers made at random, seed ${seed}`, () => {
  it('leave the worker alive, and nothing in its log that nobody expects', () => {
    const bad = worker
      .lines()
      .filter((line) => /"level":"(error|fatal)"|uncaught|unhandled/i.test(line));
    expect(bad).toEqual([]);
  });

  it('never hold up its loop for longer than promised', () => {
    expect(signs.turns).toBeGreaterThan(100);
    expect(signs.longestMs).toBeLessThanOrEqual(loopHeldMaxMs);
  });

  it('cost no more memory than a worker is given', () => {
    expect(signs.peakMb).toBeLessThan(memoryMaxMb);
  });

  it('are each understood, or told of by a reason', async () => {
    const reasons = new Map<string, number>();
    for (const { id } of jobs) {
      const answer = await fetch(`${fleet.apiUrl}/v1/jobs/${id}/polls`);
      const { polls: timeline } = (await answer.json()) as PollList;
      const word = timeline.at(-1)?.reason ?? 'none';
      reasons.set(word, (reasons.get(word) ?? 0) + 1);
    }
    tell(JSON.stringify(Object.fromEntries(reasons)));
    // Answers of one kind alone would test little.
    expect(reasons.size).toBeGreaterThan(6);
  });

  it('end no job where they say nothing of its export', () => {
    const ended = jobs.filter(({ settledAt }, n) => answers[n]?.saysNothing && settledAt !== null);
    expect(answers.filter(({ saysNothing }) => saysNothing).length).toBeGreaterThan(20);
    expect(ended).toEqual([]);
  });

  it('change nothing of the job whose answer came to another', async () => {
    const { simulator } = fleet;
    const right = simulator.createExport(running(86_400));
    // The manifest of one is given for the other: its URLs, its request, and what it says of itself.
    const crossed = simulator.createExport({
      steps: [{ answer: 'complete' }],
      manifestExtra: { request: right.statusUrl, id: right.id, jobId: right.id },
      fileUrl: `${right.statusUrl}/{{number}}`,
    });
    const rightJob = await fleet.register({ statusUrl: right.statusUrl });
    await eventually(async () => expect((await fleet.job(rightJob.id)).pollCount).toBe(1));
    const before = await fleet.job(rightJob.id);
    const { id } = await fleet.register({ statusUrl: crossed.statusUrl });
    await eventually(async () => expect(await fleet.job(id)).toMatchObject({ state: 'completed' }));

    expect(await fleet.job(rightJob.id)).toEqual(before);
    expect(before).toMatchObject({ state: 'in-progress', manifest: null });
    const manifest = await fetch(`${fleet.apiUrl}/v1/jobs/${id}/manifest`);
    expect(await manifest.json()).toMatchObject({ request: right.statusUrl });
  });

  it('keep nobody else from being polled on time', () => {
    const at = polls().map(({ receivedAtMs }) => receivedAtMs);
    const lateMs = at.slice(1).map((ms, n) => ms - (at[n] ?? 0) - 1_000);
    const sorted = lateMs.toSorted((a, b) => a - b);
    tell(`the canary: ${lateMs.length} polls, late by ${sorted.map(Math.round).join(' ')} ms`);
    expect(fleet.simulator.record.earlyPolls()).toEqual([]);
    expect(sorted[Math.floor(sorted.length / 2)]).toBeLessThan(1_000);
  });
});
