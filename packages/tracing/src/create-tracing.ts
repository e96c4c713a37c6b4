import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';
import type { Span, Tracing } from '@bulkwatch/runtime';
import { ROOT_CONTEXT, type Tracer } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import {
  defaultResource,
  detectResources,
  envDetector,
  type Resource,
  resourceFromAttributes,
} from '@opentelemetry/resources';
import { BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { reportTroubles } from './report-troubles.js';
import { contextOf, toSpanContext } from './span-context.js';
import { openSpan, spanKinds } from './traced-span.js';

export interface TracingOptions {
  readonly service: 'api' | 'worker';
  readonly version: string;
  /** Told of troubles that nobody waits for, such as a collector that is away. */
  readonly onProblem: (what: string, error: unknown) => void;
}

/**
 * Sends spans to the operator's collector by OTLP over HTTP, in JSON. Where that is, what is sampled and how much may
 * wait is said by the `OTEL_*` variables of OpenTelemetry, which its libraries read. Spans that find the queue full are
 * dropped; nothing waits for the collector but `stop`.
 */
export function createTracing({ service, version, onProblem }: TracingOptions): Tracing {
  reportTroubles(onProblem);
  const provider = new BasicTracerProvider({
    resource: resourceOf(service, version),
    spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter())],
  });
  const tracer: Tracer = provider.getTracer('bulkwatch', version);
  const current = new AsyncLocalStorage<Span>();

  return {
    begin(name, { kind, parent, link, ...options }) {
      const links = link ? [{ context: toSpanContext(link) }] : [];
      const around = parent ? contextOf(toSpanContext(parent)) : ROOT_CONTEXT;
      return openSpan(tracer, name, { ...options, kind: spanKinds[kind], links, around });
    },
    within: (span, run) => current.run(span, run),
    logFields() {
      const { traceparent } = current.getStore()?.context ?? {};
      if (traceparent === undefined) return {};
      const [, trace_id = '', span_id = ''] = traceparent.split('-');
      return { trace_id, span_id };
    },
    async stop(withinMs) {
      let timer: NodeJS.Timeout | undefined;
      const enough = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, withinMs);
      });
      await Promise.race([provider.shutdown().catch(() => undefined), enough]);
      clearTimeout(timer);
    },
  };
}

/** `OTEL_SERVICE_NAME` and `OTEL_RESOURCE_ATTRIBUTES` go before what we say of ourselves. */
function resourceOf(service: string, version: string): Resource {
  const own = resourceFromAttributes({
    'service.name': `bulkwatch-${service}`,
    'service.namespace': 'bulkwatch',
    'service.version': version,
    'service.instance.id': randomUUID(),
  });
  return defaultResource()
    .merge(own)
    .merge(detectResources({ detectors: [envDetector] }));
}
