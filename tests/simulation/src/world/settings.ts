import type { StoreLimits } from '@bulkwatch/store/parts';
import type { Dice } from './dice.js';
import type { Swarm } from './swarm.js';

export type GateLimits = StoreLimits['gate'];

/** As the settings' defaults have them: what a poll may take, and what it leaves room for. */
export const sendBudgetMs = 2_000;
export const requestTimeoutMs = 30_000;
export const requestBudgetMs = sendBudgetMs + requestTimeoutMs + 12_000;
export const floorMs = 1_000;
export const rescueIntervalMs = 10_000;
export const rescueGraceMs = 10_000;
/** How long a service that was told to stop has for it, and for the polls under way. */
export const graceMs = 25_000;
export const graceForPollsMs = 0.6 * graceMs;

/** The limits of a world: the shipped ones, or a gate that few get through at a time. */
export function limitsOf(dice: Dice, swarm: Swarm): StoreLimits {
  const isTight = swarm.isOn('tight-gate');
  return {
    trackingDeadlineMs: 2 * 86_400_000,
    eventsMaxLength: 1_000_000,
    timelineLength: 20,
    eventManifestMaxBytes: 32_768,
    expiringThresholdsMs: [86_400_000],
    requestBudgetMs,
    retryAfterFloorMs: floorMs,
    gate: isTight
      ? {
          concurrency: dice.between(1, 3),
          perSecond: dice.pick([0.2, 0.5, 1, 2]),
          burst: dice.between(1, 3),
        }
      : { concurrency: 16, perSecond: 50, burst: 10 },
    circuit: {
      failures: dice.between(2, 10),
      probeFirstMs: 15_000,
      probeLongestMs: 300_000,
    },
    webhooks: {
      endpointsMax: 16,
      bodyMaxBytes: 20_480,
      logRetentionMs: 86_400_000,
      logLength: 100,
    },
  };
}
