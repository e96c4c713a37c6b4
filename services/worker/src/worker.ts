import { createOpsServer, describeSettings, type HealthReport } from '@bulkwatch/runtime';
import { redisOf } from '@bulkwatch/store';
import type { Repeated } from './again-and-again.js';
import { createEngine } from './bullmq-adapter.js';
import { type ClockJumps, tellJump, watchClockJumps } from './clock-jumps.js';
import type { WorkerContext } from './context.js';
import { countUnderWay } from './count-under-way.js';
import { startElected } from './elected/start-elected.js';
import { createExpiryTeller } from './expiry-teller.js';
import { type RenewableEngine, renewableEngine } from './liveness/renewable-engine.js';
import { watchEngines } from './liveness/watch-engines.js';
import { observeRedis } from './observe-redis.js';
import { pollJob, type StopSignals } from './poll-job.js';
import { redisAnswers } from './redis-answers.js';
import { createRescuer } from './rescuer.js';
import { createRetention } from './retention.js';
import { createSchemaMigrator } from './schema-migrator.js';
import { settlesWithin } from './settles-within.js';
import { type PollJob, tracedPollJob } from './traced-poll.js';
import { type RunningWebhooks, startWebhooks } from './webhooks/start-webhooks.js';

export interface RunningWorker {
  stop(): Promise<void>;
}

/** Shares of the grace period: what polls in flight have before they are cut off, and the engine to close. */
const graceForPolls = 0.6;
const graceForEngine = 0.8;
/** And what spans that are left have to be sent. */
const graceForTraces = 0.1;
/** Longest wait for a rescue and the like under way when the worker stops, in ms. */
const besidesMs = 250;

/** Starts to poll. `stop` finishes polls in flight, hands the rest back and ends inside the grace period. */
export async function startWorker(context: WorkerContext): Promise<RunningWorker> {
  const { settings, logger, metrics, store } = context;
  const sendNothing = new AbortController();
  const cutOff = new AbortController();
  const signals = { sendNothing: sendNothing.signal, cutOff: cutOff.signal };
  const engine = engineOf(context, signals);
  let webhooks: RunningWebhooks | undefined;
  const watchdog = watchEngines(context, { polls: engine, webhooks: () => webhooks?.engine });
  const besides = [
    watchdog,
    rescuerOf(context),
    createExpiryTeller(context),
    createRetention(context),
    createSchemaMigrator(context),
  ];
  const ops = createOpsServer({
    host: settings.opsHost,
    port: settings.workerOpsPort,
    registry: metrics.registry,
    logger,
    logLevel: context.logLevel,
    livez: () =>
      sendNothing.signal.aborted ? { ok: true, checks: { worker: 'stopping' } } : watchdog.report(),
    readyz: () => readiness(context, sendNothing.signal),
  });

  metrics.onCollect(async () => metrics.schemaVersion.set(store.schema.schema ?? 0));
  observeRedis(context);
  logger.info({ settings: describeSettings(settings) }, 'worker starting');
  const { port: opsPort } = await ops.start();
  engine.start();
  for (const one of besides) one.start();
  const elected = startElected(context);
  webhooks = startWebhooks(context, signals);
  context.credentials.start();
  context.providers.start();
  context.secrets.start();
  logger.info({ opsPort, concurrency: settings.workerConcurrency }, 'worker running');

  return {
    async stop() {
      sendNothing.abort();
      // Engines that are being stopped fetch nothing either.
      void watchdog.stop();
      const handedOver = elected.handOver().catch(() => undefined);
      const timer = setTimeout(() => cutOff.abort(), settings.shutdownGraceMs * graceForPolls);
      const withinMs = settings.shutdownGraceMs * graceForEngine;
      await Promise.all([engine.stop(withinMs), webhooks?.stop(withinMs)]);
      clearTimeout(timer);
      // Without Redis a rescue under way waits for ever; cut short, it has done no harm: each step is one script.
      await settlesWithin(
        Promise.all([handedOver, ...[...besides, elected].map((one) => one.stop())]),
        besidesMs,
      );
      context.credentials.stop();
      context.providers.stop();
      context.secrets.stop();
      await Promise.all([
        context.egress.close(),
        context.reader.close(),
        ops.stop(),
        store.close(),
      ]);
      await context.tracing?.stop(settings.shutdownGraceMs * graceForTraces);
    },
  };
}

function engineOf(context: WorkerContext, signals: StopSignals): RenewableEngine {
  const { settings, reporter, store, egress, presets, reader, clock, policy, dice } = context;
  const { metrics } = context;
  metrics.workerConcurrency.set(settings.workerConcurrency);
  const counted = countUnderWay((count) => metrics.pollsInFlight.set(count));
  const ports = {
    jobs: {
      ...store.jobs,
      claimPoll: jumpsOfRedis(context).hold(store.jobs),
    },
    fetchStatus: egress.fetchStatus,
    presets,
    reader,
    sendBudgetMs: settings.sendBudgetMs,
    clock,
    policy,
    reporter,
    dice,
  };
  const { tracing } = context;
  const poll: PollJob = tracing
    ? tracedPollJob(ports, tracing)
    : (wakeUp, stopping) => pollJob(ports, wakeUp, stopping);
  const make = () =>
    createEngine({
      ...redisOf(settings),
      concurrency: settings.workerConcurrency,
      lockDurationMs: settings.lockDurationMs,
      onWakeUp: (wakeUp) => counted(() => poll(wakeUp, signals)),
      onProblem: (what, error) => reporter.problem(what, error),
    });
  return renewableEngine(make, settings.requestTimeoutMs + settings.lockDurationMs);
}

/** Redis's clock is looked at from the start, so that a worker that has polled nothing yet sees it jump too. */
function jumpsOfRedis({ store, clock, logger }: WorkerContext): ClockJumps {
  const jumps = watchClockJumps({ clock, onJump: tellJump(logger) });
  const sentMs = clock.monotonicMs();
  void store.clockSkewMs().then(
    (skewMs) => jumps.observe(clock.now() + skewMs, sentMs),
    () => undefined,
  );
  return jumps;
}

function rescuerOf({ store, clock, settings, reporter, dice }: WorkerContext): Repeated {
  return createRescuer({
    jobs: store.jobs,
    clock,
    intervalMs: settings.rescueIntervalMs,
    graceMs: settings.rescueGraceMs,
    dice,
    onRescued: (count) => reporter.rescued(count),
    onProblem: (what, error) => reporter.problem(what, error),
  });
}

/** Ready while Redis answers and the worker is not on its way out. Never depends on a provider. */
async function readiness(
  { store, clock }: WorkerContext,
  stopping: AbortSignal,
): Promise<HealthReport> {
  if (stopping.aborted) return { ok: false, checks: { worker: 'stopping' } };
  const ok = await redisAnswers(store, clock);
  return { ok, checks: { redis: ok ? 'ok' : 'away' } };
}
