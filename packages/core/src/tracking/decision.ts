import type { Anomaly, ManifestSummary, PollHealth, Reason } from '@bulkwatch/contract';
import type { PollMemory } from '../protocol/poll-memory.js';
import type { FetchFailure } from '../protocol/status-response.js';

/** What deciding needs to know of a tracked job. Instants are epoch ms. */
export interface TrackedJob {
  readonly state: 'registered' | 'in-progress';
  /** As the last poll left it; an interrupted poll leaves it so. */
  readonly health?: PollHealth;
  /** Why the last poll failed, where it did. */
  readonly reason?: Reason;
  readonly progress?: string;
  readonly progressPercent?: number;
  /** When the export last moved: its state, its progress or what it has brought forth changed. Unknown at first. */
  readonly movedAt?: number;
  /** When subscribers were told that it stands still; undefined since it moved. */
  readonly stalledAt?: number;
  /** The percentage from which the export's pace is measured, and when it was seen. */
  readonly percentFrom?: number;
  readonly percentFromAt?: number;
  readonly deadlineAt: number;
  /** The wait that the provider last asked for, as it was applied. */
  readonly retryAfterMs?: number;
  /** Polls in a row that failed, and since when; 0 and undefined when the last one was fine. */
  readonly failureCount: number;
  readonly failingSince?: number;
  /** Polls in a row that were answered without a usable Retry-After; drives the back-off. */
  readonly backoffCount: number;
  /**
   * What the last answers had in common that hinted at the end of the export without being believed yet, and
   * how many of them came with no clean answer in between. For an answer with a budget it is the poll's own
   * reason, so that such answers never count as confirmations of a plain verdict.
   */
  readonly suspectReason?: Reason;
  readonly suspectCount: number;
  readonly memory: PollMemory;
}

/** Limits and paces; all in ms unless the name says otherwise. */
export interface TrackingPolicy {
  readonly floorMs: number;
  readonly ceilingMs: number;
  /** Own delay where an export in progress gave none: base, then times factor, up to cap. */
  readonly backoff: { readonly baseMs: number; readonly factor: number; readonly capMs: number };
  /** Wait after a poll that failed: base, then times factor, up to cap. */
  readonly retry: { readonly baseMs: number; readonly factor: number; readonly capMs: number };
  /** Delay before the first confirmation of a terminal verdict; doubles with each one that it needs. */
  readonly confirmationMs: number;
  /** Wait before an operator-bound failure is tried again: base, doubling, up to cap. */
  readonly blocked: { readonly baseMs: number; readonly capMs: number };
  /** Wait after a 429 that does not say how long: base, doubling, up to cap. */
  readonly rateLimited: { readonly baseMs: number; readonly capMs: number };
  /** How long the files are taken to be kept, from completion on, where no Expires tells. */
  readonly assumedRetentionMs?: number;
  /** Standstill after which an export counts as stalled. */
  readonly stallAfterMs: number;
  /** Set where `stallAfterMs` was said of this provider: what its exports have taken then does not replace it. */
  readonly stallAfterSaid?: true;
  /** Redirects in a row that are followed. */
  readonly redirectsMax: number;
  /** Pages of a manifest, and bytes of all of them together, that are collected. */
  readonly pagesMax: number;
  readonly pagesBytesMax: number;
  /** How long a delete request is tried, from when it was asked for. */
  readonly deleteWindowMs: number;
  /** Share of the delay that jitter may add, 0 to 1. Jitter only ever adds. */
  readonly jitterShare: number;
}

/** How long the completed exports of a provider have taken, from their start. */
export interface ExportHistory {
  /** How many the figures rest on. */
  readonly count: number;
  readonly medianMs: number;
  readonly p90Ms: number;
}

/** What every decision rests on besides the outcome of the request. */
export interface Situation {
  readonly job: TrackedJob;
  /** Epoch ms. */
  readonly now: number;
  readonly policy: TrackingPolicy;
  /** Absent where nothing is known of the provider's exports. */
  readonly history?: ExportHistory;
  /** In [0, 1): how much of its jitter a delay of ours gets. */
  readonly dice: number;
}

/** What came of a request to a status URL: an answer, understood, or none. */
export type RequestOutcome<Reading> =
  | { readonly kind: 'read'; readonly reading: Reading }
  | { readonly kind: 'failed'; readonly failure: FetchFailure };

/** Poll again after `delayMs`, counted from the receipt of the answer. */
export interface PollAgain {
  readonly next: 'poll-again';
  readonly delayMs: number;
  /** What the provider asked for, before floor, ceiling and jitter. */
  readonly requestedDelayMs?: number;
  readonly health: PollHealth;
  readonly reason?: Reason;
  readonly detail?: string;
  /** Set where the answer says nothing of export or poll: health, reason and detail of the job stay as they are. */
  readonly saysNothing?: true;
  /** True when the answer was a clean in-progress one. */
  readonly inProgress: boolean;
  readonly progress?: string;
  readonly progressPercent?: number;
  /** The job's state or progress text changes by this: subscribers are told. */
  readonly progressed: boolean;
  /** Set where the export moved, and when (epoch ms): no standstill is known of it any more. */
  readonly movedAt?: number;
  /** Set where subscribers are to be told, for the first time since it moved, that the export stands still. */
  readonly stalled?: Standstill;
  /** Set where the export's pace is measured anew: its percentage, and when it was seen (epoch ms). */
  readonly percentFrom?: number;
  readonly percentFromAt?: number;
  /** The whole provider is to be left alone for that long. */
  readonly pauseProviderMs?: number;
  readonly failureCount: number;
  readonly failingSince?: number;
  readonly backoffCount: number;
  readonly suspectReason?: Reason;
  readonly suspectCount: number;
  readonly anomalies: readonly Anomaly[];
  /** What is remembered from now on; absent where the memory stays as it is. */
  readonly memory?: PollMemory;
  /** A page of the manifest to be kept. */
  readonly page?: ManifestPage;
  /** Manifests of the files that subscribers have not been told of, in JSON, each small enough for an event. */
  readonly partials?: readonly string[];
}

/** An export without progress. */
export interface Standstill {
  /** Epoch ms. */
  readonly since: number;
  /** How long it may stand still. */
  readonly thresholdMs: number;
}

/** A page of a manifest, as it came. */
export interface ManifestPage {
  readonly url: string;
  readonly bytes: Uint8Array;
}

export interface Complete {
  readonly next: 'complete';
  readonly manifest: Uint8Array;
  readonly summary: ManifestSummary;
  /** Set where the answer may hold clinical data: whoever tells of it refers to it instead of carrying it along. */
  readonly onlyByReference?: boolean;
  readonly expiresAt?: number;
  /** `expiresAt` is not the provider's word but the preset's. */
  readonly expiryAssumed?: boolean;
  readonly progress?: string;
  readonly progressPercent?: number;
  readonly anomalies: readonly Anomaly[];
  /** The last page, where the manifest came in several. */
  readonly page?: ManifestPage;
  /** Set where the manifest is not all of it. */
  readonly reason?: Reason;
  readonly detail?: string;
}

/**
 * The export is complete, but its manifest is in pages that have been put by: `joinPages` makes a `Complete`
 * of it once they are at hand.
 */
export interface CompletePages {
  readonly next: 'complete-pages';
  /** How many have been put by before this answer. */
  readonly collectedCount: number;
  /** The last page; absent where it was not to be had. */
  readonly page?: ManifestPage;
  readonly expiresAt?: number;
  readonly expiryAssumed?: boolean;
  readonly progress?: string;
  readonly progressPercent?: number;
  readonly anomalies: readonly Anomaly[];
  /** Set where pages are missing. */
  readonly reason?: Reason;
  readonly detail?: string;
}

export interface Fail {
  readonly next: 'fail';
  readonly reason: Reason;
  readonly detail?: string;
}

export interface Abandon {
  readonly next: 'abandon';
  readonly reason: Reason;
  readonly detail?: string;
}

/** Ends a job whose export was cancelled: by us with a delete request, or at the provider. */
export interface Cancel {
  readonly next: 'cancel';
  readonly reason: Reason;
  readonly detail?: string;
}

/** What the store can act on. */
export type Decision = PollAgain | Complete | Fail | Abandon | Cancel;
