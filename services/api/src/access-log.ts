import type { Clock, Logger, Metrics } from '@bulkwatch/runtime';
import type { RequestHandler, Response } from 'express';
import { isUnlogged } from './auth/unlogged.js';
import { isHeld } from './held.js';
import { requestIdOf } from './request-id.js';
import type { Route } from './route.js';
import { routeOf, templateOf } from './route-of.js';
import { traceFieldsOf } from './trace.js';

type RequestMetrics = Pick<
  Metrics<'api'>,
  'httpRequestsTotal' | 'httpRequestDurationSeconds' | 'httpHeldSeconds'
>;

interface AccessLogParts {
  readonly logger: Logger;
  readonly metrics: RequestMetrics;
  readonly clock: Pick<Clock, 'monotonicMs'>;
}

/** Methods that the routes know; whatever else is sent must not become a label. */
const methods = new Set(['GET', 'HEAD', 'POST', 'PATCH', 'DELETE']);

/**
 * One log line and one observation per request, once it is answered or the caller has hung up; the observation alone
 * where many callers are refused alike.
 */
export function accessLog({ logger, metrics, clock }: AccessLogParts): RequestHandler {
  return (request, response, next) => {
    const startedAtMs = clock.monotonicMs();
    response.once('close', () => {
      const durationMs = clock.monotonicMs() - startedAtMs;
      const labels = {
        route: routeOf(request),
        method: methods.has(request.method) ? request.method : 'other',
      };
      metrics.httpRequestsTotal.inc({ ...labels, status_class: statusClassOf(response) });
      if (isHeld(response)) metrics.httpHeldSeconds.observe(durationMs / 1000);
      else if (!isEventStream(response))
        metrics.httpRequestDurationSeconds.observe(labels, durationMs / 1000);
      if (isUnlogged(response)) return;
      logger[response.statusCode >= 500 ? 'warn' : 'info'](
        {
          ...labels,
          path: request.path.slice(0, 200),
          status: response.statusCode,
          completed: response.writableFinished,
          durationMs: Math.round(durationMs),
          requestId: requestIdOf(response),
          ...traceFieldsOf(response),
        },
        'request answered',
      );
    });
    next();
  };
}

/**
 * Puts what is counted of each route at zero: an api that nobody has called yet is measured all the same, and its first
 * failure is seen to be one more.
 */
export function countFromZero(metrics: RequestMetrics, routes: readonly Route[]): void {
  for (const { path, method } of routes) {
    const labels = { route: templateOf(path), method: method.toUpperCase() };
    for (const status_class of ['2xx', '3xx', '4xx', '5xx'] as const)
      metrics.httpRequestsTotal.inc({ ...labels, status_class }, 0);
    metrics.httpRequestDurationSeconds.zero(labels);
  }
}

/** How long a subscriber stays says nothing of how fast the API answers. */
const isEventStream = (response: Response): boolean =>
  String(response.getHeader('Content-Type')).startsWith('text/event-stream');

const statusClassOf = ({ statusCode }: Response): '2xx' | '3xx' | '4xx' | '5xx' => {
  if (statusCode >= 500) return '5xx';
  if (statusCode >= 400) return '4xx';
  return statusCode >= 300 ? '3xx' : '2xx';
};
