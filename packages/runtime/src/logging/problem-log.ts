import type { Clock } from '../clock.js';
import { createFloodGate } from './flood-gate.js';
import type { Logger } from './logger.js';

/** Tells of a trouble that nobody waits for: what it is about, and the error. */
export type ProblemLog = (what: string, error: unknown) => void;

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
  const gate = createFloodGate(clock, { everyMs, sourcesMax: kindsMax });
  return (what, error) => {
    const leftOut = gate(`${what} ${kindOf(error)}`);
    if (leftOut === undefined) return;
    logger.warn({ err: error, ...(leftOut > 0 ? { leftOut } : {}) }, what);
  };
}

function kindOf(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  return (error as NodeJS.ErrnoException).code ?? error.name;
}
