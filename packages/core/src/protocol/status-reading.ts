import type { Anomaly, ManifestSummary, PollHealth, Reason } from '@bulkwatch/contract';
import type { ToldEntries } from './poll-memory.js';
import type { ReadingContext } from './status-protocol.js';
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
  /** The files that have become ready, where the provider lists them before the end. */
  readonly news?: NewEntries;
}

/** Entries of a manifest that subscribers have not been told of. */
export interface NewEntries {
  /** All that they will have been told of then. */
  readonly told: ToldEntries;
  /** Manifests of these entries only, in JSON, each small enough for an event. */
  readonly partials: readonly string[];
}

/** A page of the manifest, which links to the next one. */
export interface PageReading extends ReadingHints {
  readonly kind: 'page';
  /** What it goes by: the link that led to it, or the status URL. */
  readonly url: string;
  /** The body as it came, less a byte order mark; valid JSON. */
  readonly bytes: Uint8Array;
  readonly news?: NewEntries;
  /** Absolute. */
  readonly nextUrl: string;
  /** The provider calls the export complete; otherwise it lists what is ready so far. */
  readonly exportComplete: boolean;
  /** Epoch ms; undefined when unknown. */
  readonly expiresAt?: number;
}

/** The answer is elsewhere. */
export interface ElsewhereReading extends ReadingHints {
  readonly kind: 'elsewhere';
  /**
   * `redirect`: ask there this once. `moved`: ask there from now on. `result`: the export has ended, and the
   * answer there tells how.
   */
  readonly as: 'redirect' | 'moved' | 'result';
  /** Absolute. */
  readonly url: string;
}

/** The media type that we asked for is not to be had. */
export interface NotAcceptableReading extends ReadingHints {
  readonly kind: 'not-acceptable';
  readonly detail: string;
}

/** The export is complete and this is its manifest, or the batch-response that stands for one. */
export interface CompleteReading extends ReadingHints {
  readonly kind: 'complete';
  /** The body as it came, less a byte order mark; valid JSON. */
  readonly manifest: Uint8Array;
  readonly summary: ManifestSummary;
  /** Set where the answer may hold clinical data: whoever tells of it refers to it instead of carrying it along. */
  readonly onlyByReference?: boolean;
  /** Set where the manifest is not all of it: why. */
  readonly missing?: string;
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
  /** Set where the wait concerns every job of the provider (429, 503 with Retry-After). */
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
  | PageReading
  | ElsewhereReading
  | NotAcceptableReading
  | CompleteReading
  | ExportFailedReading
  | PollFailedReading;

/** Reads the answers of one status, or of a class of them. */
export type StatusReader = (
  response: StatusResponse,
  hints: ReadingHints,
  context: ReadingContext,
) => StatusReading;
