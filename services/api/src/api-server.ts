import { createOpsServer, describeSettings } from '@bulkwatch/runtime';
import type { Context } from './context.js';
import { livez, observeRedis, observeSchema, readyz } from './health.js';
import { createHttpServer } from './http-server.js';
import { createServer } from './server.js';

export interface ApiServer {
  /** Begins to serve. Can be started once; rejects, with everything closed, when a port is taken. */
  start(): Promise<{ port: number; opsPort: number }>;
  /**
   * Is no longer ready, serves on for BULKWATCH_SHUTDOWN_DELAY while others learn of that, answers what is under way, held
   * requests at once, and closes everything. Fine unstarted, and twice.
   */
  stop(): Promise<void>;
}

/** Share of the grace period that spans which are left have to be sent. */
const graceForTraces = 0.1;

/** The api and its ops port, as one thing to start and to stop. */
export function createApiServer(context: Context): ApiServer {
  const { settings, logger, store, jobWatch } = context;
  const server = createHttpServer(createServer(context), settings.apiWaitMaxMs);
  let hasListened = false;
  let stopped: Promise<void> | undefined;
  const ops = createOpsServer({
    host: settings.opsHost,
    port: settings.apiOpsPort,
    registry: context.metrics.registry,
    livez: () => livez({ isListenerLost: hasListened && !stopped && !server.isListening }),
    readyz: () => readyz(store, stopped !== undefined),
    logger,
    logLevel: context.logLevel,
  });
  observeRedis(context);
  observeSchema(context);

  const stop = async (): Promise<void> => {
    server.sendAway();
    if (server.isListening) await context.clock.sleep(settings.shutdownDelayMs);
    jobWatch.stop();
    context.subscribers.stop();
    context.credentials.stop();
    context.policy.stop();
    context.secrets.stop();
    await server.close();
    await context.keySet?.close();
    await ops.stop();
    await store.close();
    await context.tracing?.stop(settings.shutdownGraceMs * graceForTraces);
  };

  return {
    async start() {
      try {
        const opsPort = (await ops.start()).port;
        context.credentials.start();
        context.policy.start();
        context.secrets.start();
        const { port } = await server.listen(settings.apiPort, settings.apiHost);
        hasListened = true;
        logger.info({ port, opsPort, settings: describeSettings(settings) }, 'api listening');
        return { port, opsPort };
      } catch (error) {
        await this.stop();
        throw error;
      }
    },
    stop: () => (stopped ??= stop()),
  };
}
