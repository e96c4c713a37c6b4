import type { Problem, Reason } from '@bulkwatch/contract';

/**
 * Why a call did not succeed: the `reason` of the api's problem details or, where no answer of the api came,
 * `connection-failed`, `timed-out` or `response-unreadable`. A newer api may give reasons that this version does not know.
 */
export type ErrorReason = Reason | (string & {});

export interface BulkwatchErrorParts {
  readonly reason: ErrorReason;
  /** What it says in plain words. */
  readonly says: string;
  readonly status?: number | undefined;
  readonly problem?: Problem | undefined;
  readonly requestId?: string | undefined;
  readonly retryAfterMs?: number | undefined;
  readonly cause?: unknown;
}

/** A call that did not succeed. It holds no key, no token and no status URL, so it may be logged as it is. */
export class BulkwatchError extends Error {
  override readonly name = 'BulkwatchError';
  readonly reason: ErrorReason;
  /** HTTP status; null where no answer came. */
  readonly status: number | null;
  /** The whole answer (RFC 9457), whose `errors` name the fields at fault; null where the api sent none. */
  readonly problem: Problem | null;
  /** Under which the log of the api has the request; null where no answer came. */
  readonly requestId: string | null;
  /** How long to wait before it makes sense to try again; null where the api does not say. */
  readonly retryAfterMs: number | null;

  constructor(parts: BulkwatchErrorParts) {
    super(messageOf(parts), parts.cause === undefined ? {} : { cause: parts.cause });
    this.reason = parts.reason;
    this.status = parts.status ?? null;
    this.problem = parts.problem ?? null;
    this.requestId = parts.requestId ?? null;
    this.retryAfterMs = parts.retryAfterMs ?? null;
  }
}

/** Whether it is a {@link BulkwatchError} and, where reasons are given, has one of them. */
export function isBulkwatchError<Known extends ErrorReason>(
  error: unknown,
  ...reasons: readonly Known[]
): error is BulkwatchError & { readonly reason: Known } {
  const known: readonly ErrorReason[] = reasons;
  return error instanceof BulkwatchError && (known.length === 0 || known.includes(error.reason));
}

function messageOf({ says, reason, status, requestId }: BulkwatchErrorParts): string {
  const marks = [
    reason,
    ...(status === undefined ? [] : [`HTTP ${status}`]),
    ...(requestId === undefined ? [] : [`request ${requestId}`]),
  ];
  return `${says} (${marks.join(', ')})`;
}
