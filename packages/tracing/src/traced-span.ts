import { type Span, type SpanAttributes, type SpanOptions, scrub } from '@bulkwatch/runtime';
import {
  type Context,
  type Link,
  type Span as OtelSpan,
  SpanKind,
  SpanStatusCode,
  type Tracer,
} from '@opentelemetry/api';
import { contextOf, toSpanContext, toTraceContext } from './span-context.js';

export const spanKinds = {
  server: SpanKind.SERVER,
  client: SpanKind.CLIENT,
  internal: SpanKind.INTERNAL,
} as const;

interface Opening extends Omit<SpanOptions, 'kind'> {
  readonly kind: SpanKind;
  readonly links?: Link[];
  /** What it continues. */
  readonly around: Context;
}

/** Begins a span of the library, behind our own interface. */
export function openSpan(tracer: Tracer, name: string, opening: Opening): Span {
  const { kind, links = [], around, attributes, startedAt } = opening;
  const options = { kind, links, ...(startedAt !== undefined && { startTime: startedAt }) };
  const span = tracer.startSpan(name, options, around);
  if (attributes) span.setAttributes(withoutSecrets(attributes));
  return spanOf(tracer, span);
}

/** As a log line is: of what should hold no secret, whatever looks like one is taken out all the same. */
const withoutSecrets = (attributes: SpanAttributes): SpanAttributes =>
  Object.fromEntries(
    Object.entries(attributes).map(([name, value]) => [
      name,
      typeof value === 'string' ? scrub(value) : value,
    ]),
  );

function spanOf(tracer: Tracer, span: OtelSpan): Span {
  return {
    context: toTraceContext(span.spanContext()),
    begin: (name, { kind = 'internal', ...options } = {}) =>
      openSpan(tracer, name, {
        ...options,
        kind: spanKinds[kind],
        around: contextOf({ ...span.spanContext(), isRemote: false }),
      }),
    set: (attributes) => void span.setAttributes(withoutSecrets(attributes)),
    rename: (name) => void span.updateName(name),
    link: (context) => void span.addLink({ context: toSpanContext(context) }),
    end({ error } = {}) {
      if (!span.isRecording()) return;
      if (error !== undefined) {
        span.setAttribute('error.type', error);
        span.setStatus({ code: SpanStatusCode.ERROR, message: error });
      }
      span.end();
    },
  };
}
