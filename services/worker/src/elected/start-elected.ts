import { randomUUID } from 'node:crypto';
import { againAndAgain, type Repeated } from '../again-and-again.js';
import type { WorkerContext } from '../context.js';
import { createCollector } from './collector.js';
import { createElection, type Election } from './election.js';
import { createEventStreamReporter, type EventStreamReporter } from './event-stream-reporter.js';
import { createEventTrimmer } from './event-trimmer.js';
import { setFleetGauges, setWebhookGauges } from './fleet-gauges.js';
import { setProviderGauges } from './provider-gauges.js';

/** What one worker at a time does for the fleet, in whoever is elected. */
export interface Elected {
  /** Lets another worker be elected, and does nothing more for the fleet. Waits for Redis. */
  handOver(): Promise<void>;
  /** Waits for what is under way. */
  stop(): Promise<void>;
}

/** The index of the health of jobs is looked through at this pace: 200 entries each time. */
const mendIntervalMs = 60_000;

/**
 * Takes part in the election, and does what the elected worker does: it tells the figures of the fleet and trims event streams.
 * All of it is harmless where two do it, and where nobody does for a while. Rescues and what is told of expiries are not among
 * it, since both would come late when a worker dies: each looks for them.
 */
export function startElected(context: WorkerContext): Elected {
  const election = electionOf(context);
  const streams = createEventStreamReporter(context);
  const tasks = [trimmerOf(context, { election, streams }), menderOf(context, election)];
  context.metrics.onCollect(
    createCollector({
      ...context,
      election,
      read: () => readFigures(context, streams),
    }),
  );
  election.start();
  for (const task of tasks) task.start();
  return {
    handOver: () => election.stop(),
    stop: async () => void (await Promise.all(tasks.map((task) => task.stop()))),
  };
}

function electionOf({ store, clock, dice, metrics, logger, reporter }: WorkerContext): Election {
  return createElection({
    duties: store.duties,
    holder: randomUUID(),
    clock,
    dice,
    onElected() {
      metrics.collectorChangesTotal.inc();
      logger.info('elected to tell the figures of the whole fleet');
    },
    onProblem: (error) => reporter.problem('election', error),
  });
}

async function readFigures(
  { store, metrics, settings }: WorkerContext,
  streams: EventStreamReporter,
): Promise<() => void> {
  const [fleet, webhooks, providers] = await Promise.all([
    store.jobs.fleet(settings.overdueToleranceMs),
    store.webhooks.figures(),
    settings.metricsProviders > 0
      ? store.providers.figures(settings.metricsProviders)
      : { most: [], others: [] },
  ]);
  return () => {
    setFleetGauges(metrics, fleet);
    setWebhookGauges(metrics, webhooks);
    if (settings.metricsProviders > 0) setProviderGauges(metrics, providers);
    streams.tell();
  };
}

function trimmerOf(
  { store, clock, settings, reporter, dice }: WorkerContext,
  { election, streams }: { election: Election; streams: EventStreamReporter },
): Repeated {
  const { eventsMaxAgeMs, eventsMaxLength, eventsKeepLength = eventsMaxLength / 2 } = settings;
  return createEventTrimmer({
    streams: store.eventStreams,
    retention: { maxAgeMs: eventsMaxAgeMs, keepLength: Math.floor(eventsKeepLength) },
    isDue: () => election.ask(),
    clock,
    dice,
    onTrimmed: (figures) => streams.trimmed(figures),
    onProblem: (what, error) => reporter.problem(what, error),
  });
}

/** Workers of an older release do not know the index of the health of jobs, and leave it as it was. */
function menderOf({ store, clock, dice, reporter }: WorkerContext, election: Election): Repeated {
  let next = 0;
  return againAndAgain({
    run: async () => {
      if (await election.ask()) next = await store.jobs.mendHealth(next);
    },
    clock,
    intervalMs: mendIntervalMs,
    dice,
    onProblem: (error) => reporter.problem('health of jobs', error),
  });
}
