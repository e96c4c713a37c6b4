import type { PollAgain, Situation, TrackedJob } from './decision.js';
import { measurePace } from './measure-pace.js';
import { standstillMax } from './standstill-max.js';

/**
 * A decision to poll again, with what a clean answer tells of the export's movement. Without any for too long the
 * health is `stalled`, which subscribers are told once in a standstill. An answer that is not clean tells nothing
 * of movement: it neither begins nor ends a standstill, and the time of failed polls is part of one.
 */
export function watchMovement(decision: PollAgain, situation: Situation): PollAgain {
  const { job, now } = situation;
  if (!decision.inProgress) return decision;
  const watched = { ...decision, ...measurePace(decision, job, now) };
  // Of a job from before movement was watched, it is watched from now on.
  if (job.movedAt === undefined || hasMoved(decision, job)) return { ...watched, movedAt: now };
  const thresholdMs = standstillMax(situation);
  if (now - job.movedAt < thresholdMs) return watched;
  const stalled = { since: job.movedAt, thresholdMs };
  return { ...watched, health: 'stalled', ...(job.stalledAt === undefined && { stalled }) };
}

/** The state or the progress changed, files became ready, or the answer led on: to a result or the next page. */
function hasMoved({ progressed, partials = [], memory }: PollAgain, job: TrackedJob): boolean {
  const leadsOn = memory !== undefined && memory.cursor?.url !== job.memory.cursor?.url;
  return progressed || partials.length > 0 || leadsOn;
}
