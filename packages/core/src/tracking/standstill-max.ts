import type { Situation } from './decision.js';

/** Exports that must be known of before they say what is usual. */
const historyMin = 10;
/** Progress is told in steps, and seen at polls: less than this is no standstill, however fast a provider is. */
const learntMinMs = 3_600_000;

/**
 * How long an export may stand still, in ms: as the preset says; else three times what nine of ten exports of the
 * provider have taken in all, since many providers tell no progress between beginning and end; else the default.
 * What the preset says holds whatever has been seen: somebody has thought about it.
 */
export function standstillMax({ policy, history }: Pick<Situation, 'policy' | 'history'>): number {
  if (policy.stallAfterSaid || history === undefined || history.count < historyMin)
    return policy.stallAfterMs;
  return Math.max(learntMinMs, 3 * history.p90Ms);
}
