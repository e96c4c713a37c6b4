import type { TrackingPolicy } from './decision.js';

const seconds = 1000;
const minutes = 60 * seconds;
const hours = 60 * minutes;

/** The paces that the house ships; settings may replace floor and ceiling. */
export const defaultPolicy: TrackingPolicy = {
  floorMs: 1 * seconds,
  ceilingMs: 24 * hours,
  backoff: { baseMs: 5 * seconds, factor: 1.6, capMs: 300 * seconds },
  confirmationMs: 30 * seconds,
  blocked: { baseMs: 5 * minutes, capMs: 1 * hours },
  rateLimited: { baseMs: 30 * seconds, capMs: 10 * minutes },
  deleteWindowMs: 24 * hours,
  jitterShare: 0.1,
};
