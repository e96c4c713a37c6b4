import type { PollHealth } from '@bulkwatch/contract';
import type { Decision, TrackedJob } from './decision.js';

/** The poll health that a decision leads to, where it is another than the job has; a job that ends is `ok`. */
export function changedHealth(
  { health: before = 'ok' }: Pick<TrackedJob, 'health'>,
  decision: Decision,
): PollHealth | undefined {
  const after = healthAfter(before, decision);
  return after === before ? undefined : after;
}

function healthAfter(before: PollHealth, decision: Decision): PollHealth {
  if (decision.next !== 'poll-again') return 'ok';
  return decision.saysNothing ? before : decision.health;
}
