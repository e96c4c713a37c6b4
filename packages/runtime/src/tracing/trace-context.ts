/** Where something stands in a distributed trace, as W3C Trace Context writes it. */
export interface TraceContext {
  /** `00-<trace id>-<span id>-<flags>` (section 3.2). */
  readonly traceparent: string;
  /** What tracing systems add to it (section 3.3); ours adds nothing. */
  readonly tracestate?: string;
}

const traceparentPattern = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;
/** What every system passes on (section 3.3.1.5). */
const tracestateMaxLength = 512;
const tracestateMaxMembers = 32;
const key = '(?:[a-z][a-z0-9_*/-]{0,255}|[a-z0-9][a-z0-9_*/-]{0,240}@[a-z][a-z0-9_*/-]{0,13})';
const memberPattern = new RegExp(
  String.raw`^[ \t]*(?:${key}=[\x20-\x2b\x2d-\x3c\x3e-\x7e]{0,255}[\x21-\x2b\x2d-\x3c\x3e-\x7e])?[ \t]*$`,
);

/**
 * Reads the headers `traceparent` and `tracestate`. Undefined for what is none; a `tracestate` that is malformed or too
 * long is left out (section 4.3). A later version is read as far as this one goes, and passed on as it (section 4.3).
 */
export function readTraceContext(
  traceparent: unknown,
  tracestate?: unknown,
): TraceContext | undefined {
  if (typeof traceparent !== 'string' || traceparent.length > 512) return undefined;
  const [, version = 'ff', traceId = '', spanId = '', flags = '', rest] =
    traceparentPattern.exec(traceparent) ?? [];
  if (version === 'ff' || (version === '00' && rest !== undefined)) return undefined;
  if (/^0+$/.test(traceId) || /^0+$/.test(spanId)) return undefined;
  const state = typeof tracestate === 'string' && isTracestate(tracestate) ? tracestate : undefined;
  return {
    traceparent: `00-${traceId}-${spanId}-${flags}`,
    ...(state !== undefined && { tracestate: state }),
  };
}

function isTracestate(text: string): boolean {
  const members = text.split(',');
  return (
    text.length <= tracestateMaxLength &&
    members.length <= tracestateMaxMembers &&
    members.some((member) => member.trim() !== '') &&
    members.every((member) => memberPattern.test(member))
  );
}
