import { createOpsServer, describeSettings, type HealthReport } from '@bulkwatch/runtime';
import { createEngine, type Engine } from './bullmq-adapter.js';
import type { WorkerContext } from './context.js';
import { setFleetGauges } from './fleet-gauges.js';
import { pollJob, type StopSignals } from './poll-job.js';
import { createRescuer, type Rescuer } from './rescuer.js';

export interface RunningWorker {
  stop(): Promise<void>;
}

/** Share of the grace period that polls in flight have before they are cut off. */
const graceForPolls = 0.6;
/** Longest wait for Redis before `/readyz` says no, in ms. */
const readinessMs = 800;

/** Starts to poll. `stop` finishes polls in flight, hands the rest back and ends inside the grace period. */
export async function startWorker(context: WorkerContext): Promise<RunningWorker> {
  const { settings, logger, metrics, store } = context;
  const sendNothing = new AbortController();
  const cutOff = new AbortController();
  const engine = engineOf(context, { sendNothing: sendNothing.signal, cutOff: cutOff.signal });
  const rescuer = rescuerOf(context);
  const ops = createOpsServer({
    host: settings.opsHost,
    port: settings.workerOpsPort,
    registry: metrics.registry,
    logger,
    livez: () => ({ ok: true, checks: {} }),
    readyz: () => readiness(context, sendNothing.signal),
  });

  metrics.onCollect(() => setFleetGauges(context));
  logger.info({ settings: describeSettings(settings) }, 'worker starting');
  const { port: opsPort } = await ops.start();
  engine.start();
  rescuer.start();
  logger.info({ opsPort, concurrency: settings.workerConcurrency }, 'worker running');

  return {
    async stop() {
      sendNothing.abort();
      const pollsMs = settings.shutdownGraceMs * graceForPolls;
      const timer = setTimeout(() => cutOff.abort(), pollsMs);
      await engine.stop(pollsMs + settings.shutdownGraceMs * 0.2);
      clearTimeout(timer);
      await rescuer.stop();
      await Promise.all([context.egress.close(), ops.stop(), store.close()]);
    },
  };
}

function engineOf(context: WorkerContext, signals: StopSignals): Engine {
  const { settings, reporter, store, egress, clock, policy, dice } = context;
  const ports = {
    jobs: store.jobs,
    fetchStatus: egress.fetchStatus,
    sendBudgetMs: settings.sendBudgetMs,
    clock,
    policy,
    reporter,
    dice,
  };
  return createEngine({
    redisUrl: settings.redisUrl.reveal(),
    concurrency: settings.workerConcurrency,
    lockDurationMs: settings.lockDurationMs,
    onWakeUp: (wakeUp) => pollJob(ports, wakeUp, signals),
    onProblem: (what, error) => reporter.problem(what, error),
  });
}

function rescuerOf({ store, clock, settings, reporter, dice }: WorkerContext): Rescuer {
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
  const late = clock.sleep(readinessMs).then(() => false);
  const up = store.ping().then(
    () => true,
    () => false,
  );
  const ok = await Promise.race([up, late]);
  return { ok, checks: { redis: ok ? 'ok' : 'away' } };
}
