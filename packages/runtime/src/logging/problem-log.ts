import type { Clock } from '../clock.js';
import type { Logger } from './logger.js';

/** Tells of a trouble that nobody waits for: what it is about, and the error. */
export type ProblemLog = (what: string, error: unknown) => void;

interface Flood {
  loggedAtMs: number;
  leftOut: number;
}

/** Kinds of trouble that are told apart; they are few, and beyond this the oldest is forgotten. */
const kindsMax = 100;

/**
 * Logs the first trouble of a kind at once and then one line for each `everyMs`, with how many were left out:
 * a Redis that is away must not fill a disk. A kind is what it is about and the error's code or name.
 */
export function createProblemLog(
  logger: Pick<Logger, 'warn'>,
  clock: Pick<Clock, 'monotonicMs'>,
  everyMs = 5_000,
): ProblemLog {
  const floods = new Map<string, Flood>();
  return (what, error) => {
    const kind = `${what} ${kindOf(error)}`;
    const now = clock.monotonicMs();
    const flood = floods.get(kind);
    if (flood && now - flood.loggedAtMs < everyMs) {
      flood.leftOut += 1;
      return;
    }
    if (floods.size >= kindsMax) forgetOldest(floods);
    floods.set(kind, { loggedAtMs: now, leftOut: 0 });
    logger.warn({ err: error, ...(flood?.leftOut ? { leftOut: flood.leftOut } : {}) }, what);
  };
}

function kindOf(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  return (error as NodeJS.ErrnoException).code ?? error.name;
}

function forgetOldest(floods: Map<string, Flood>): void {
  const [oldest] = floods.keys();
  if (oldest !== undefined) floods.delete(oldest);
}
