import { setTimeout as sleep } from 'node:timers/promises';
import { callApi } from './call-api.mjs';
import { demoExports } from './demo-exports.mjs';
import { credentialName } from './demo-house.mjs';
import { followEvents } from './follow-events.mjs';
import { Halt } from './halt.mjs';
import { createProgressBoard } from './progress-board.mjs';

/** The longest export takes a quarter of this. */
const timeoutMs = 45_000;
const settledStates = ['completed', 'failed', 'cancelled', 'abandoned'];
const eventOf = { completed: 'bulkwatch.export.completed', failed: 'bulkwatch.export.failed' };

/**
 * The main job: registers the exports, shows how they get on, then what a subscriber and the API got of them.
 * @param {{ simulator: import('@bulkwatch/simulator').Simulator, redisUrl: string, api: string }} house
 * @param {AbortSignal} over ends it early.
 * @throws {Halt} when a job does not end as its script says, or its event does not come exactly once.
 */
export async function showExports({ simulator, redisUrl, api }, over) {
  const subscriber = await followEvents(redisUrl);
  try {
    const run = `demo-${Date.now()}`;
    for (const one of demoExports) await register({ simulator, api, run }, one);
    console.log(
      `${demoExports.length} exports are registered. Their provider is polled as it asks:\n`,
    );
    const jobs = await watch(`${api}/v1/jobs?label=run:${run}&limit=${demoExports.length}`, over);
    if (over.aborted) return;
    const completed = await receivedEvents(subscriber.events, jobs, over);
    showResults(completed, await callApi(`${api}/v1/jobs/${completed.subject}/manifest`));
  } finally {
    subscriber.stop();
  }
}

function register({ simulator, api, run }, { group, script, retryAfterSeconds }) {
  const { statusUrl } = simulator.createExport(script);
  return callApi(`${api}/v1/jobs`, {
    statusUrl,
    credential: credentialName,
    retryAfter: `${retryAfterSeconds}`,
    labels: { run, group },
  });
}

/** Shows the jobs until all are settled, and returns them; their ends must be those of the scripts. */
async function watch(url, over) {
  const show = createProgressBoard();
  const endsAt = performance.now() + timeoutMs;
  while (!over.aborted) {
    const jobs = inOrder((await callApi(url)).jobs);
    show(jobs);
    if (jobs.every(({ state }) => settledStates.includes(state))) return jobs.map(asScripted);
    if (performance.now() > endsAt) throw new Halt(`Not all jobs ended within ${timeoutMs} ms.`);
    await sleep(250);
  }
  return [];
}

function inOrder(jobs) {
  return demoExports.map(({ group }) => {
    const job = jobs.find(({ labels }) => labels.group === group);
    if (!job) throw new Halt(`The api does not list the job of ${group}.`);
    return job;
  });
}

function asScripted(job, index) {
  const { group, ends } = demoExports[index];
  if (job.state === ends) return job;
  throw new Halt(`${group} ended as ${job.state} (${job.reason}), and should have ${ends}.`);
}

/** Waits for the event that tells of each job's end, and returns the first one of a completion. */
async function receivedEvents(events, jobs, over) {
  const told = ({ id, state }) =>
    events.filter(({ subject, type }) => subject === id && type === eventOf[state]).length;
  const endsAt = performance.now() + 5_000;
  while (!jobs.every((job) => told(job) === 1) && !over.aborted) {
    if (performance.now() > endsAt) throw new Halt('The subscriber did not get one event per job.');
    await sleep(50);
  }
  const ids = jobs.map(({ id }) => id);
  return events.find(({ subject, type }) => ids.includes(subject) && type === eventOf.completed);
}

function showResults(event, manifest) {
  console.log('\nThe first completion, as a subscriber got it from the event stream in Redis:\n');
  console.log(JSON.stringify(event, undefined, 2));
  console.log(`\nIts manifest, as GET /v1/jobs/${event.subject}/manifest returns it:\n`);
  console.log(JSON.stringify(manifest, undefined, 2));
}
