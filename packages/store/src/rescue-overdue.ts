import { keys } from './keys.js';
import { scripts } from './scripts.js';
import type { StoreContext } from './store-context.js';
import { StoreUnavailableError } from './store-unavailable.js';
import type { EntryView } from './wake-up-queue.js';

/** Overdue jobs looked at in one go, and in one run. */
const pageSize = 1_000;
const runMax = 100_000;

/** An entry that has been active for this long past its due time belongs to a worker that is gone or stuck. */
const activeForMs = 30_000;

interface Overdue {
  readonly jobId: string;
  readonly wake: number;
  readonly overdueMs: number;
}

/**
 * Gives every overdue job whose wake-up is lost a new one, and returns how many. A job that is merely waiting
 * its turn in the engine keeps its place: a new wake-up would send it to the end of the line.
 */
export async function rescueOverdue(context: StoreContext, graceMs: number): Promise<number> {
  let rescued = 0;
  let offset = 0;
  while (offset < runMax) {
    const { now, overdue } = await findOverdue(context, graceMs, offset);
    if (overdue.length > 0) {
      const entries = await context.queue.look(overdue);
      const lost = overdue.filter((job, index) => isLost(job, entries[index], now));
      const outcomes = await Promise.all(lost.map((job) => rescue(context, job, graceMs)));
      rescued += outcomes.filter(Boolean).length;
    }
    if (overdue.length < pageSize) return rescued;
    offset += overdue.length;
  }
  return rescued;
}

async function findOverdue(
  context: StoreContext,
  graceMs: number,
  offset: number,
): Promise<{ now: number; overdue: Overdue[] }> {
  const [first, ...rows] = await scripts.findOverdue(
    context.redis,
    { due: keys.due, jobs: keys.jobs },
    { graceMs, offset, limit: pageSize },
  );
  const now = Number(first);
  context.clock.observe(now);
  const overdue: Overdue[] = [];
  for (let i = 0; i < rows.length; i += 3) {
    overdue.push({
      jobId: String(rows[i]),
      wake: Number(rows[i + 1]),
      overdueMs: now - Number(rows[i + 2]),
    });
  }
  return { now, overdue };
}

function isLost(job: Overdue, entry: EntryView | undefined, now: number): boolean {
  switch (entry?.state) {
    case 'waiting':
      return false;
    case 'active':
      return job.overdueMs > activeForMs;
    case 'delayed':
      // Delayed beyond now by a worker whose clock was ahead; one that is due is about to be promoted.
      return (entry.delayedUntil ?? 0) > now;
    case 'lost':
    case undefined:
      return true;
  }
}

/** A record that cannot be rescued, such as one that somebody has damaged, keeps no other from it. */
async function rescue(context: StoreContext, job: Overdue, graceMs: number): Promise<boolean> {
  try {
    return await renewWakeUp(context, job, graceMs);
  } catch (error) {
    if (error instanceof StoreUnavailableError) throw error;
    context.onProblem('rescue of one job', new Error(`job ${job.jobId}`, { cause: error }));
    return false;
  }
}

async function renewWakeUp(context: StoreContext, job: Overdue, graceMs: number): Promise<boolean> {
  const [kind, wake] = await scripts.rescueJob(
    context.redis,
    { job: keys.job(job.jobId), due: keys.due },
    { jobId: job.jobId, wake: job.wake, graceMs },
  );
  if (kind !== 'rescued') return false;
  await context.queue.add({ jobId: job.jobId, wake: Number(wake), delayMs: 0 });
  return true;
}
