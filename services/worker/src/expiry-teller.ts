import { againAndAgain, type Repeated } from './again-and-again.js';
import type { WorkerContext } from './context.js';

/**
 * Tells subscribers, again and again, of files that expire. Every worker does, so that none of them comes late when one dies;
 * each telling is a script that only the first of them wins.
 */
export const createExpiryTeller = ({
  store,
  clock,
  settings,
  reporter,
  dice,
}: WorkerContext): Repeated =>
  againAndAgain({
    run: () => store.jobs.tellExpiries((told) => reporter.toldExpiry(told)),
    clock,
    intervalMs: settings.expiryIntervalMs,
    dice,
    onProblem: (error) => reporter.problem('expiry', error),
  });
