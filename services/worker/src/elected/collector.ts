import type { Clock, Metrics } from '@bulkwatch/runtime';
import type { Election } from './election.js';

export interface CollectorOptions {
  readonly election: Pick<Election, 'ask' | 'holds'>;
  readonly clock: Pick<Clock, 'monotonicMs'>;
  readonly metrics: Pick<Metrics<'worker'>, 'collectorUp' | 'forgetElected'>;
  /** Reads the figures, and returns what sets their gauges. */
  readonly read: () => Promise<() => void>;
}

/** Two that scrape at the same time are told the same. */
const freshMs = 2_000;

/**
 * Gives what a worker does before each scrape: who is elected reads the figures of the whole fleet. Figures that are not of
 * this moment are forgotten before anything is waited for, so that a Redis that is away, a worker that is not elected any
 * more and a process that was paused tell none, rather than old ones.
 */
export function createCollector({
  election,
  clock,
  metrics,
  read,
}: CollectorOptions): () => Promise<void> {
  let readAtMs = -Infinity;
  return async () => {
    const startedAtMs = clock.monotonicMs();
    if (election.holds() && startedAtMs - readAtMs < freshMs) return;
    metrics.forgetElected();
    readAtMs = -Infinity;
    // While Redis is away this waits, and scrapes with it, for a second each.
    if (!(await election.ask())) return;
    const setGauges = await read();
    // It took longer than the office lasted: others have it.
    if (!election.holds()) return;
    setGauges();
    metrics.collectorUp.set(1);
    readAtMs = startedAtMs;
  };
}
