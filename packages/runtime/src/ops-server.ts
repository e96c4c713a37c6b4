import { once } from 'node:events';
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { systemClock } from './clock.js';
import type { LogLevelControl } from './logging/log-level.js';
import type { Logger } from './logging/logger.js';
import type { Scrapeable } from './metrics/metrics.js';
import { type Answer, jsonAnswer } from './ops-answer.js';
import { answerLogLevel } from './ops-log-level.js';

/** Whether a process is well, check by check. A check says `ok`, or in a few words what is wrong. */
export interface HealthReport {
  readonly ok: boolean;
  readonly checks: Readonly<Record<string, string>>;
}

type HealthCheck = () => HealthReport | Promise<HealthReport>;

export interface OpsServerOptions {
  readonly host: string;
  /** 0 takes any port that is free. */
  readonly port: number;
  readonly registry: Scrapeable;
  /** Is the process alive? Answered without asking anybody else. */
  readonly livez: HealthCheck;
  /** Can it do its work now? */
  readonly readyz: HealthCheck;
  readonly logger: Logger;
  /** By which programs on this host make the process more talkative for a time; without it nobody does. */
  readonly logLevel?: LogLevelControl | undefined;
}

export interface OpsServer {
  /** Begins to listen. Can be started once; rejects when the port is taken. */
  start(): Promise<{ port: number }>;
  /** Ends it, after the answers under way. Fine unstarted, and twice. */
  stop(): Promise<void>;
}

/** A health check that says nothing for so long counts as failed. */
const healthTimeoutMs = 2_000;
/** How long answers under way may hold up a stop. */
const drainMs = 1_000;

/** The ops port: `GET /metrics`, `/livez` and `/readyz`, and `/log-level`, apart from what the service itself offers. */
export function createOpsServer(options: OpsServerOptions): OpsServer {
  const server = createServer({ maxHeaderSize: 8_192 }, createListener(options));
  server.headersTimeout = 5_000;
  server.requestTimeout = 10_000;
  let started: Promise<unknown> | undefined;
  let stopped: Promise<void> | undefined;

  const drain = async (): Promise<void> => {
    await started?.catch(() => undefined);
    if (!server.listening) return;
    const closed = once(server, 'close');
    server.close();
    const cut = setTimeout(() => server.closeAllConnections(), drainMs);
    await closed;
    clearTimeout(cut);
  };

  return {
    async start() {
      if (started || stopped) throw new Error('the ops server can be started once');
      started = once(server.listen(options.port, options.host), 'listening');
      await started;
      return { port: (server.address() as AddressInfo).port };
    },
    stop: () => (stopped ??= drain()),
  };
}

function createListener(options: OpsServerOptions): RequestListener {
  const { registry, logger } = options;
  const routes = new Map<string, () => Promise<Answer>>([
    ['/metrics', () => scrape(registry)],
    ['/livez', () => health(options.livez, logger)],
    ['/readyz', () => health(options.readyz, logger)],
  ]);
  return (request, response) => {
    answer(request, routes, options.logLevel)
      .catch((error: unknown) => {
        logger.error({ err: error }, 'the ops server could not answer');
        return jsonAnswer(500, { error: 'internal error' });
      })
      .then((found) => send(request, response, found))
      .catch(() => response.destroy());
  };
}

async function answer(
  request: IncomingMessage,
  routes: ReadonlyMap<string, () => Promise<Answer>>,
  logLevel: LogLevelControl | undefined,
): Promise<Answer> {
  const { method, url = '' } = request;
  const [path = ''] = url.split('?', 1);
  if (logLevel && path === '/log-level') return answerLogLevel(request, logLevel);
  const route = routes.get(path);
  if (!route) return jsonAnswer(404, { error: 'not found' });
  if (method !== 'GET' && method !== 'HEAD')
    return { ...jsonAnswer(405, { error: 'method not allowed' }), allow: 'GET, HEAD' };
  return route();
}

async function scrape(registry: Scrapeable): Promise<Answer> {
  return { status: 200, contentType: registry.contentType, body: await registry.metrics() };
}

async function health(check: HealthCheck, logger: Logger): Promise<Answer> {
  const enough = new AbortController();
  const silence = systemClock
    .sleep(healthTimeoutMs, enough.signal)
    .then(() => ({ ok: false, checks: { answered: 'timed out' } }));
  try {
    const report = await Promise.race([Promise.resolve().then(check), silence]);
    return jsonAnswer(report.ok ? 200 : 503, report);
  } catch (error) {
    logger.error({ err: error }, 'a health check threw');
    return jsonAnswer(503, { ok: false, checks: { answered: 'threw' } });
  } finally {
    enough.abort();
  }
}

function send(request: IncomingMessage, response: ServerResponse, found: Answer): void {
  response.writeHead(found.status, {
    'content-type': found.contentType,
    'content-length': Buffer.byteLength(found.body),
    'cache-control': 'no-store',
    ...(found.allow !== undefined && { allow: found.allow }),
  });
  response.end(request.method === 'HEAD' ? undefined : found.body);
}
