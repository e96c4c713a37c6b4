import { readTraceContext, type Span, type TraceContext, type Tracing } from '@bulkwatch/runtime';
import type { Request, RequestHandler, Response } from 'express';
import { routeOf } from './route-of.js';

/**
 * Where the work for a request stands in a distributed trace: in our own span, where tracing is on, else where the
 * caller says that it does.
 */
export function traceOf(request: Request, response: Response): TraceContext | undefined {
  const span = spanOf(response);
  return span ? span.context : callerOf(request);
}

const spanOf = (response: Response): Span | undefined =>
  response.locals['span'] as Span | undefined;

const callerOf = (request: Request): TraceContext | undefined =>
  readTraceContext(request.headers['traceparent'], request.headers['tracestate']);

/** The ids of that span for a log line which is written when the request is over, outside of it. */
export function traceFieldsOf(response: Response): object {
  const span = spanOf(response);
  if (!span) return {};
  const [, trace_id, span_id] = span.context.traceparent.split('-');
  return { trace_id, span_id };
}

/** A span for each request, which continues the caller's trace. What is logged meanwhile has its ids. */
export const traced =
  (tracing: Tracing): RequestHandler =>
  (request, response, next) => {
    const { method } = request;
    const span = tracing.begin(method, {
      kind: 'server',
      parent: callerOf(request),
      // Not the path: callers put into it whatever they mistake for an id.
      attributes: { 'http.request.method': method },
    });
    response.locals['span'] = span;
    response.once('close', () => {
      const { statusCode } = response;
      const route = routeOf(request);
      span.set({ 'http.route': route, 'http.response.status_code': statusCode });
      span.rename(`${method} ${route}`);
      span.end(statusCode >= 500 ? { error: String(statusCode) } : {});
    });
    tracing.within(span, next);
  };
