import type { Anomaly, ManifestSummary, PollHealth, Reason } from '@bulkwatch/contract';
import type { StatusResponse } from './status-response.js';

/** The wait that a provider asked for, as far as it could be read. */
export interface RetryAfterReading {
  /** Wait in ms, counted from receipt of the response; undefined when absent or unreadable. */
  readonly delayMs?: number;
  /** What was odd about it, or why there is none. */
  readonly anomaly?: Anomaly;
}

/** What a status response's headers say whatever its status is. */
export interface ReadingHints {
  readonly retryAfter: RetryAfterReading;
  /** The provider's id of this request (`opc-request-id`, `x-request-id`, `x-correlation-id`), bounded. */
  readonly requestId?: string;
  /** `X-Progress`, verbatim but bounded and free of control characters. */
  readonly progress?: string;
  /** 0 to 100, only where the text has `number%`. */
  readonly progressPercent?: number;
}

/** The export goes on. */
export interface InProgressReading extends ReadingHints {
  readonly kind: 'in-progress';
}

/** The export is complete and this is its manifest, or the batch-response that stands for one. */
export interface CompleteReading extends ReadingHints {
  readonly kind: 'complete';
  /** The body as it came, less a byte order mark; valid JSON. */
  readonly manifest: Uint8Array;
  readonly summary: ManifestSummary;
  /** Set where the answer may hold clinical data: whoever tells of it refers to it instead of carrying it along. */
  readonly onlyByReference?: boolean;
  /** Epoch ms; undefined when unknown. */
  readonly expiresAt?: number;
  readonly anomalies: readonly Anomaly[];
}

/** The provider says that the export is over without a manifest. */
export interface ExportFailedReading extends ReadingHints {
  readonly kind: 'export-failed';
  readonly reason: Reason;
  readonly detail?: string;
  /** How many answers more, spaced apart and of the same reason, are needed before this one is believed. */
  readonly confirmations: number;
}

/** This poll failed; the export may be fine. */
export interface PollFailedReading extends ReadingHints {
  readonly kind: 'poll-failed';
  readonly reason: Reason;
  readonly health: PollHealth;
  readonly detail?: string;
  /** Set where the failure concerns every job of the provider (429, 503 with Retry-After). */
  readonly wholeProvider?: boolean;
  /**
   * Set where the answer is ambiguous: when it persists beyond this budget it is taken for the end of the
   * export, with `reason` below. Without it only the deadline ends the job.
   */
  readonly budget?: { readonly tries: number; readonly windowMs: number; readonly reason: Reason };
}

/** A status response understood. */
export type StatusReading =
  | InProgressReading
  | CompleteReading
  | ExportFailedReading
  | PollFailedReading;

/** Reads the answers of one status, or of a class of them. */
export type StatusReader = (response: StatusResponse, hints: ReadingHints) => StatusReading;
