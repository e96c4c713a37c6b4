import type { WorkerContext } from '../context.js';
import { createLivenessReporter } from './liveness-reporter.js';
import type { RenewableEngine } from './renewable-engine.js';
import { createWatchdog, type Watchdog } from './watchdog.js';

/** What is in hand for longer than this beyond its requests will never end, in ms. */
const neverEndsMs = 60_000;

/** The watchdog of a worker's two engines. That of webhooks is undefined until there is one. */
export function watchEngines(
  { settings, store, clock, dice, logger, metrics, reporter, reader }: WorkerContext,
  engines: {
    readonly polls: RenewableEngine;
    readonly webhooks: () => RenewableEngine | undefined;
  },
): Watchdog {
  const { stuckAfterMs: idleMs, webhookTimeoutMs, webhookReceiverConcurrency } = settings;
  return createWatchdog({
    store,
    clock,
    dice,
    reader,
    engines: [
      {
        queue: 'polls',
        engine: () => engines.polls,
        concurrency: settings.workerConcurrency,
        inHandMaxMs: 2 * settings.requestTimeoutMs + neverEndsMs,
      },
      {
        queue: 'webhooks',
        engine: engines.webhooks,
        concurrency: settings.webhookConcurrency,
        // A turn waits for places that others have, which may take as many rounds as one of them takes places.
        inHandMaxMs: (1 + webhookReceiverConcurrency) * webhookTimeoutMs + neverEndsMs,
      },
    ],
    patience: { idleMs, silentMs: 2 * idleMs },
    ...createLivenessReporter(logger, metrics),
    onProblem: (what, error) => reporter.problem(what, error),
  });
}
