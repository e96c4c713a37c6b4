import { createWebhookSender } from '@bulkwatch/egress';
import { type Probing, redisOf, type WebhookTurnData, webhookQueue } from '@bulkwatch/store';
import { createEngine } from '../bullmq-adapter.js';
import type { WorkerContext } from '../context.js';
import { type RenewableEngine, renewableEngine } from '../liveness/renewable-engine.js';
import type { StopSignals } from '../poll-job.js';
import { createDispatcher } from './dispatcher.js';
import { createSlots } from './slots.js';
import { type TurnPorts, takeTurn } from './take-turn.js';
import { createWebhookReporter } from './webhook-reporter.js';

/** The part of the worker that posts events. It shares the process with the polls, and nothing else. */
export interface RunningWebhooks {
  /** Undefined while there is no webhook. */
  readonly engine: RenewableEngine | undefined;
  stop(withinMs: number): Promise<void>;
}

/** What it takes of the worker's parts. */
export type WebhooksContext = Pick<
  WorkerContext,
  'settings' | 'store' | 'clock' | 'reporter' | 'dice' | 'logger' | 'metrics'
> & {
  readonly providers: Pick<WorkerContext['providers'], 'webhooks'>;
  /** How a receiver that fails is probed; first after 5 s, and every ten minutes in the end. */
  readonly probing?: Probing;
};

const defaultProbing: Probing = { firstMs: 5_000, longestMs: 10 * 60_000 };

/**
 * Begins to post events; `stop` ends what is under way within its time, and leaves the rest to others. The engine, which
 * holds connections and asks Redis all the time, is begun once there is a webhook.
 */
export function startWebhooks(context: WebhooksContext, signals: StopSignals): RunningWebhooks {
  const { settings, store, clock, reporter, dice } = context;
  const onProblem = (what: string, error: unknown): void => reporter.problem(what, error);
  const sender = createWebhookSender({
    policy: context.providers.webhooks,
    clock,
    timeoutMs: settings.webhookTimeoutMs,
    connectionsPerOrigin: settings.webhookConcurrency,
    proxy: settings.egressProxy,
    onRefusal: (reason, origin) => reporter.refused(reason, origin),
  });
  let engine: RenewableEngine | undefined;
  const dispatcher = createDispatcher({
    engine: store.webhookEngine,
    clock,
    dice,
    onProblem,
    onFirst() {
      engine = engineOf(context, { ...portsOf(context), sender }, signals);
      engine.start();
    },
  });
  dispatcher.start();
  return {
    get engine() {
      return engine;
    },
    async stop(withinMs) {
      await Promise.all([dispatcher.stop(), engine?.stop(withinMs)]);
      await sender.close();
    },
  };
}

function portsOf(context: WebhooksContext): Omit<TurnPorts, 'sender'> {
  const { settings, store, clock, reporter, dice, logger, metrics } = context;
  return {
    engine: store.webhookEngine,
    clock,
    policy: {
      retryDelaysMs: settings.webhookRetryDelaysMs,
      disableAfterMs: settings.webhookDisableAfterMs,
    },
    slots: createSlots(settings.webhookConcurrency),
    atOnce: settings.webhookReceiverConcurrency,
    timeoutMs: settings.webhookTimeoutMs,
    sendBudgetMs: settings.sendBudgetMs,
    probing: context.probing ?? defaultProbing,
    reporter: createWebhookReporter(logger, metrics, (what, error) =>
      reporter.problem(what, error),
    ),
    dice,
  };
}

function engineOf(
  context: WebhooksContext,
  ports: TurnPorts,
  signals: StopSignals,
): RenewableEngine {
  const { settings, reporter } = context;
  const make = () =>
    createEngine<WebhookTurnData>({
      queue: webhookQueue,
      ...redisOf(settings),
      concurrency: settings.webhookConcurrency,
      lockDurationMs: settings.lockDurationMs,
      onWakeUp: ({ receiverId }) => takeTurn(ports, receiverId, signals),
      onProblem: (what, error) => reporter.problem(what, error),
    });
  return renewableEngine(make, settings.webhookTimeoutMs + settings.lockDurationMs);
}
