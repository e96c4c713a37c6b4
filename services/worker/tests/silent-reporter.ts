import type { Reporter } from '../src/reporter.js';

const silent = (): void => undefined;

/** A reporter for tests that look at what was done, not at what was said of it. */
export const silentReporter: Reporter = {
  claimed: silent,
  abandonedClaim: silent,
  polled: silent,
  endedUnasked: silent,
  rescued: silent,
  toldExpiry: silent,
  removed: silent,
  tokenRequested: silent,
  refused: silent,
  credentialsReloaded: silent,
  tenantsReloaded: silent,
  problem: silent,
};
