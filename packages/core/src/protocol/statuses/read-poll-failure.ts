import { readOperationOutcome } from '../bodies/operation-outcome.js';
import type { ReadingContext } from '../status-protocol.js';
import type { PollFailedReading, ReadingHints } from '../status-reading.js';
import type { StatusResponse } from '../status-response.js';

/** Reads an error that says nothing about the export: only the deadline bounds how often it may come. */
export function readProviderError(
  response: StatusResponse,
  hints: ReadingHints,
): PollFailedReading {
  return {
    ...hints,
    kind: 'poll-failed',
    reason: 'provider-error',
    health: 'provider-error',
    detail: errorDetail(response),
  };
}

/**
 * Reads a 401. The one fresh token that such an answer deserves has been tried by the sender, so this waits
 * for an operator. It never ends the job.
 */
export function readAuthRejected(response: StatusResponse, hints: ReadingHints): PollFailedReading {
  return {
    ...readProviderError(response, hints),
    reason: 'auth-rejected',
    health: 'auth-blocked',
  };
}

/** 1e9 s, some 30 years: a sum gone wrong rather than a wait. */
const absurdWaitMs = 1e12;

/**
 * Of a wait that concerns the whole provider: one beyond all reason counts as none given, lest a wrong number
 * hold back all its jobs for as long as the ceiling allows.
 */
export function withoutAbsurdWait(hints: ReadingHints): ReadingHints {
  const isAbsurd = (hints.retryAfter.delayMs ?? 0) >= absurdWaitMs;
  return isAbsurd ? { ...hints, retryAfter: { anomaly: 'retry-after-unreadable' } } : hints;
}

/** Whether a wait under this status is one of the whole provider. It is, unless the preset says otherwise. */
export function concernsProvider(
  { status }: StatusResponse,
  { preset }: Pick<ReadingContext, 'preset'>,
): boolean {
  return !preset.retryAfter.jobStatuses?.some((ofJob) => ofJob === status);
}

/** Reads a 429, which concerns every job of the provider (RFC 6585 section 4) unless its preset says otherwise. */
export function readRateLimited(
  response: StatusResponse,
  hints: ReadingHints,
  context: Pick<ReadingContext, 'preset'>,
): PollFailedReading {
  return {
    ...readProviderError(response, withoutAbsurdWait(hints)),
    reason: 'rate-limited',
    health: 'rate-limited',
    ...(concernsProvider(response, context) && { wholeProvider: true }),
  };
}

/**
 * A success without the manifest that it should bring. Gateways answer for providers, and some providers send
 * the manifest late: a few tries are given.
 */
export function noManifest(detail: string, hints: ReadingHints): PollFailedReading {
  return {
    ...hints,
    kind: 'poll-failed',
    reason: 'response-unreadable',
    health: 'provider-error',
    detail,
    budget: { tries: 5, windowMs: 2 * 60_000, reason: 'manifest-invalid' },
  };
}

/** An error in words: those of its OperationOutcome, else its status. */
export function errorDetail({ status, body }: StatusResponse): string {
  return readOperationOutcome(body)?.text ?? `HTTP ${status}`;
}
