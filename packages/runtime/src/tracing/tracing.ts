import type { TraceContext } from './trace-context.js';

/** What a span says of itself; names as OpenTelemetry's semantic conventions have them. Never with a secret. */
export type SpanAttributes = Readonly<Record<string, string | number | boolean | undefined>>;

export interface SpanOptions {
  readonly kind?: 'server' | 'client' | 'internal';
  readonly attributes?: SpanAttributes;
  /** Epoch ms; now where it is left out. */
  readonly startedAt?: number;
}

/** Something that takes time, as a tracing system shows it. */
export interface Span {
  /** By which others continue it, or link to it. */
  readonly context: TraceContext;
  /** Begins a part of it, `internal` unless it says otherwise. */
  begin(name: string, options?: SpanOptions): Span;
  set(attributes: SpanAttributes): void;
  /** Gives it the name that is known only now. */
  rename(name: string): void;
  /** Tells what it came from, without being a part of that. */
  link(context: TraceContext): void;
  /** Only what has ended is sent. `error` is the reason of a failure, one of few words. A second call changes nothing. */
  end(outcome?: { readonly error?: string | undefined }): void;
}

/** Traces, where they are switched on. */
export interface Tracing {
  /** Begins a span that continues `parent`, or a trace of its own that links to where `link` stands. */
  begin(
    name: string,
    options: SpanOptions & {
      readonly kind: NonNullable<SpanOptions['kind']>;
      readonly parent?: TraceContext | undefined;
      readonly link?: TraceContext | undefined;
    },
  ): Span;
  /** Runs something; what it logs has the ids of the span. */
  within<T>(span: Span, run: () => T): T;
  /** The ids for a log line that is written now. */
  logFields(): { readonly trace_id?: string; readonly span_id?: string };
  /** Sends what is left, as far as `withinMs` allows. Never rejects. */
  stop(withinMs: number): Promise<void>;
}
