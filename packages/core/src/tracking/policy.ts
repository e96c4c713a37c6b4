import { defined } from '../defined.js';
import type { ProviderPreset } from '../presets/provider-preset.js';
import type { TrackingPolicy } from './decision.js';

const seconds = 1000;
const minutes = 60 * seconds;
const hours = 60 * minutes;

/** The paces that the house ships; settings may replace floor and ceiling. */
export const defaultPolicy: TrackingPolicy = {
  floorMs: 1 * seconds,
  ceilingMs: 24 * hours,
  backoff: { baseMs: 5 * seconds, factor: 1.6, capMs: 300 * seconds },
  retry: { baseMs: 5 * seconds, factor: 1.6, capMs: 300 * seconds },
  confirmationMs: 30 * seconds,
  blocked: { baseMs: 5 * minutes, capMs: 1 * hours },
  rateLimited: { baseMs: 30 * seconds, capMs: 10 * minutes },
  stallAfterMs: 24 * hours,
  redirectsMax: 3,
  pagesMax: 10_000,
  pagesBytesMax: 64 * 1024 * 1024,
  deleteWindowMs: 24 * hours,
  jitterShare: 0.1,
};

/**
 * The policy for a provider: a preset can raise the floor, replace the ceiling, and say how the back-off
 * begins, how long an export may stand still and how long files are kept. Polls that fail are nobody's habit: they are retried as anywhere.
 */
export function policyFor(
  {
    retryAfter,
    retentionHours,
    stallAfterHours,
  }: Pick<ProviderPreset, 'retryAfter' | 'retentionHours' | 'stallAfterHours'>,
  policy: TrackingPolicy,
): TrackingPolicy {
  const { floorSeconds = 0, ceilingSeconds, defaultSeconds } = retryAfter;
  const floorMs = Math.max(policy.floorMs, floorSeconds * seconds);
  const { backoff } = policy;
  const baseMs = defaultSeconds === undefined ? backoff.baseMs : defaultSeconds * seconds;
  return {
    ...policy,
    floorMs,
    ceilingMs: Math.max(
      floorMs,
      ceilingSeconds === undefined ? policy.ceilingMs : ceilingSeconds * seconds,
    ),
    backoff: { ...backoff, baseMs, capMs: Math.max(baseMs, backoff.capMs) },
    ...(stallAfterHours !== undefined && {
      stallAfterMs: stallAfterHours * hours,
      stallAfterSaid: true as const,
    }),
    ...defined({
      assumedRetentionMs: retentionHours === undefined ? undefined : retentionHours * hours,
    }),
  };
}
