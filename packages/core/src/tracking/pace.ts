import type { Anomaly } from '@bulkwatch/contract';
import type { RetryAfterReading } from '../protocol/status-reading.js';
import type { TrackingPolicy } from './decision.js';

/** A Retry-After as it is applied. */
export interface AppliedRetryAfter {
  /** Undefined when the provider gave no usable wait. */
  readonly delayMs?: number;
  readonly anomalies: readonly Anomaly[];
}

/**
 * The wait that the provider asked for, kept within floor and ceiling and otherwise exact: a poll before it
 * breaks a promise, and jitter above it would make every poll late for nothing.
 */
export function applyRetryAfter(
  { delayMs, anomaly }: RetryAfterReading,
  { floorMs, ceilingMs }: TrackingPolicy,
): AppliedRetryAfter {
  const odd = anomaly === undefined ? [] : [anomaly];
  if (delayMs === undefined) return { anomalies: odd };
  const appliedMs = Math.ceil(Math.min(Math.max(delayMs, floorMs), ceilingMs));
  return {
    delayMs: appliedMs,
    anomalies: appliedMs === Math.ceil(delayMs) ? odd : [...odd, 'retry-after-clamped'],
  };
}

/**
 * A wait of our own in whole ms: kept within floor and ceiling, then stretched by up to the policy's share of
 * jitter, so that jobs which failed together do not come back together.
 *
 * @param dice in [0, 1)
 */
export function ownDelay(waitMs: number, policy: TrackingPolicy, dice: number): number {
  const bounded = Math.min(Math.max(waitMs, policy.floorMs), policy.ceilingMs);
  return Math.ceil(bounded * (1 + policy.jitterShare * dice));
}

/** A wait that grows with each time it was needed before, up to its cap. Doubles unless the factor is given. */
export function growingWait(
  { baseMs, factor = 2, capMs }: { baseMs: number; factor?: number; capMs: number },
  count: number,
): number {
  return Math.min(baseMs * factor ** count, capMs);
}
