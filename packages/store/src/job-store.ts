import type {
  EventWord,
  FinalState,
  Hold,
  Job,
  JobState,
  JobWebhook,
  ManifestSummary,
  Poll,
  PollHealth,
  Reason,
} from '@bulkwatch/contract';
import type { AnyDecision, ExportHistory, ProviderVerdict, TrackedJob } from '@bulkwatch/core';
import type { TraceContext } from '@bulkwatch/runtime';
import type { JobControl } from './job-control.js';
import type {
  AcknowledgeResult,
  Amendment,
  AmendResult,
  CancelResult,
  ListFilter,
  ListPage,
  NewJob,
  RegisterResult,
} from './job-requests.js';
import type { JobUpkeep } from './job-upkeep.js';

export type * from './job-requests.js';
export type * from './job-upkeep.js';

/** That a subscriber has what it wants of a job; epoch ms. */
export interface AcknowledgementRecord {
  readonly subscriber: string;
  readonly at: number;
}

/** A tracked job as it is stored. Instants are epoch ms, by Redis's clock. */
export interface JobRecord {
  readonly id: string;
  readonly tenant: string;
  /** As it is stored: masked where the URL itself is sealed. */
  readonly statusUrl: string;
  /** Finds the open job of a URL that is sealed. */
  readonly urlFingerprint?: string;
  readonly protocol: string;
  /** As named at registration; undefined where the provider's origin chooses. */
  readonly preset?: string;
  /** Origin of the status URL. */
  readonly provider: string;
  readonly credential?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly reference?: string;
  /** Where its registration stands in a distributed trace; its events say so too. */
  readonly trace?: TraceContext;
  readonly registeredAt: number;
  readonly kickedOffAt?: number;
  readonly deadlineAt: number;
  readonly state: JobState;
  /** As the last poll left it, also while an operator has the job paused. */
  readonly health: PollHealth;
  /** Undefined as long as it has not changed. */
  readonly healthSince?: number;
  readonly progress?: string;
  readonly progressPercent?: number;
  /** How the export moves, of an open job: as core's `TrackedJob` has it. */
  readonly movedAt?: number;
  readonly stalledAt?: number;
  readonly percentFrom?: number;
  readonly percentFromAt?: number;
  readonly pollCount: number;
  readonly lastPolledAt?: number;
  /** When the Retry-After that the provider gave last runs out, of an open job. */
  readonly retryAfterUntil?: number;
  /** Undefined once settled. */
  readonly dueAt?: number;
  /** What keeps the job, which is due, from being polled; as the last claim found it. */
  readonly heldBy?: Hold;
  /** When an operator paused the job; undefined while it is not. */
  readonly pausedAt?: number;
  readonly pausedBy?: string;
  readonly settledAt?: number;
  readonly cancelRequestedAt?: number;
  readonly reason?: Reason;
  readonly detail?: string;
  readonly expiresAt?: number;
  readonly expiryAssumed: boolean;
  /** The least threshold of which subscribers were told; 0 once they were told that the files have expired. */
  readonly expiryToldMs?: number;
  readonly requestId?: string;
  readonly manifest?: ManifestSummary;
  /** When the manifest itself was removed, having been kept long enough. */
  readonly manifestRemovedAt?: number;
  /** Undefined as long as the manifest is the first one. */
  readonly manifestVersion?: number;
  /** Until when fresh links are asked for at the longest, and why the last time brought none. */
  readonly refreshUntil?: number;
  readonly refreshReason?: Reason;
  /** A token was submitted with the job. */
  readonly hadToken?: true;
  /** Once all of these have acknowledged the completed job, or anybody where there are none, nobody is waited for. */
  readonly requiredSubscribers?: readonly string[];
  /** The provider is then sent a delete request. */
  readonly deleteOnAcknowledge?: true;
  /** In the order in which they came. */
  readonly acknowledgements?: readonly AcknowledgementRecord[];
  readonly acknowledgedAt?: number;
  /** Until when the delete request is tried, once it is asked for. */
  readonly deleteUntil?: number;
  /** When the provider took it, or why not. */
  readonly deletedAtProviderAt?: number;
  readonly deleteReason?: Reason;
  /** When the manifest came, where it came anew. */
  readonly refreshedAt?: number;
  /** The event of its completion refers to the manifest, however small that is. */
  readonly onlyByReference?: true;
  /** What makes the id of the event of its end unique, or of its last refresh. */
  readonly eventOccurrence: string;
  /** Where its events are posted, as it is shown: masked. */
  readonly webhook?: JobWebhook;
  /** Rises with every change but for what holds a job that is due, and when it is due then. */
  readonly version: number;
}

/** A wake-up for the queue: entry id and payload hold ids only. */
export interface WakeUp extends Yielding {
  readonly jobId: string;
  /** Number of the canonical wake-up; a claim by any other is dropped. */
  readonly wake: number;
  readonly delayMs: number;
}

/** The right to send one request, within the send budget from before the claim was sent. */
export interface Claim {
  readonly jobId: string;
  readonly epoch: number;
  /** Of the call that was granted it: tells it from a claim of the same epoch, which a Redis that went back in time may grant. */
  readonly nonce: string;
  readonly wake: number;
  /**
   * `poll` the status URL, or send it the `delete` request that a cancel or an acknowledgement asked for; or `abandon` the job without a
   * request, since its deadline has passed while something held it.
   */
  readonly action: 'poll' | 'delete' | 'abandon';
  /** Instants by Redis's clock. */
  readonly claimedAt: number;
  readonly dueAt: number;
  readonly job: ClaimedJob;
  /** How long exports of the provider take; absent where none has completed yet. */
  readonly history?: ExportHistory;
}

/** What polling needs of a job; labels and the like are read only when there is an event to make. */
export interface ClaimedJob extends TrackedJob {
  readonly tenant: string;
  /** In clear, unless a seal key is missing. */
  readonly statusUrl: string;
  readonly urlFingerprint?: string;
  /** Id of the seal key without which the status URL, or what polling has to remember, cannot be opened here. */
  readonly missingSealKey?: string;
  readonly protocol: string;
  readonly preset?: string;
  readonly provider: string;
  readonly credential?: string;
  readonly sealedToken?: string;
  /** When the Retry-After that the provider gave last runs out. */
  readonly retryAfterUntil?: number;
  /** Of a completed job that is polled for fresh links, whose `state` and `deadlineAt` are those of this. */
  readonly refresh?: { readonly until: number; readonly manifestVersion: number };
  readonly cancelRequestedAt?: number;
  /** Of a completed job whose provider is to be sent a delete request: until when that is tried. */
  readonly cleanUp?: { readonly until: number };
  /** Where its registration stands in a distributed trace, without what others add to that. */
  readonly trace?: TraceContext;
}

/** The submitted bearer token of a claimed job. */
export type SubmittedToken =
  | { readonly kind: 'none' }
  | { readonly kind: 'opened'; readonly token: string }
  /** Its seal key is not on this process's ring. */
  | { readonly kind: 'unopenable'; readonly keyId: string };

/** How the next wake-up of a job takes its place among others that are due. */
export interface Yielding {
  /** Set where its provider has so many jobs that those of other providers go first. */
  readonly yields?: true;
}

export type ClaimResult =
  | { readonly kind: 'claimed'; readonly claim: Claim }
  /** Not due yet, or held back by what `heldBy` names. */
  | ({ readonly kind: 'early'; readonly remainingMs: number; readonly heldBy?: Hold } & Yielding)
  /** Another wake-up is the canonical one, or the job is settled or gone: this wake-up ends. */
  | { readonly kind: 'dropped'; readonly why: 'superseded' | 'settled' | 'missing' };

/** `told` are the events that went out with the change, in their order. */
export type ApplyResult = (
  | ({
      readonly kind: 'again';
      readonly delayMs: number;
      readonly told: readonly EventWord[];
    } & Yielding)
  | { readonly kind: 'settled'; readonly state: FinalState; readonly told: readonly EventWord[] }
  /** Somebody else claimed or settled the job since: nothing of it was changed. */
  | { readonly kind: 'stale' }
) &
  CircuitChange;

/** Set where the request showed that its provider is out (`opened`), or back again. */
interface CircuitChange {
  readonly circuit?: 'opened' | 'closed';
}

/** The seal key of a manifest, or of a page of one, is not on this process's ring. */
export interface UnopenableBytes {
  readonly kind: 'unopenable';
  readonly keyId: string;
}

export type StoredManifest =
  | { readonly kind: 'opened'; readonly bytes: Uint8Array }
  | UnopenableBytes
  /** The job has none, or there is no such job. */
  | { readonly kind: 'none' };

/** Pages of a manifest that were put by: all of them or none. */
export type CollectedPages =
  | { readonly kind: 'opened'; readonly pages: readonly Uint8Array[] }
  | UnopenableBytes;

/** What one request looked like, for the timeline; the decision adds the rest. */
export interface PollFacts {
  /** Null where nothing was asked: then there is no poll for the timeline either. */
  readonly method: Poll['method'] | null;
  readonly status?: number;
  readonly durationMs: number;
  /** What the request says of its provider. */
  readonly verdict: ProviderVerdict;
  readonly requestId?: string;
  /** Set where another origin than the job's provider answered: what it asks for is its own affair. */
  readonly elsewhere?: boolean;
}

/** Transitions and reads of tracked jobs. Every transition is one atomic, idempotent script. */
export interface JobStore extends JobControl, JobUpkeep {
  register(tenant: string, job: NewJob): Promise<RegisterResult>;
  get(tenant: string, jobId: string): Promise<JobRecord | undefined>;
  list(
    tenant: string,
    filter: ListFilter,
    page: { cursor: string | undefined; limit: number },
  ): Promise<ListPage>;
  /** Jobs as the API shows them, their ends estimated from what is known of their providers, too. */
  present(records: readonly JobRecord[]): Promise<readonly Job[]>;
  /** The manifest as the provider sent it. */
  manifest(tenant: string, jobId: string): Promise<StoredManifest>;
  polls(tenant: string, jobId: string): Promise<readonly Poll[] | undefined>;
  /** Stops tracking. With `deleteAtProvider` the worker first sends the delete request. */
  cancel(
    tenant: string,
    jobId: string,
    options: { deleteAtProvider: boolean },
  ): Promise<CancelResult>;

  /**
   * Changes an open job; a new token wakes it if it waits for one. Of a completed one only what concerns its
   * acknowledgement can be changed.
   */
  amend(tenant: string, jobId: string, amendment: Amendment): Promise<AmendResult>;

  /**
   * Notes that a subscriber has what it wants of a completed job. `bearerToken`, for its delete request, is in clear only
   * in this argument.
   */
  acknowledge(
    tenant: string,
    jobId: string,
    options: { readonly subscriber: string; readonly bearerToken: string | undefined },
  ): Promise<AcknowledgeResult>;

  /** `nonce` is new for each call; `dice` in [0, 1) spreads those that an operator paused. */
  claimPoll(
    wakeUp: { jobId: string; wake: number },
    chance: { nonce: string; dice: number },
  ): Promise<ClaimResult>;
  /** Gives an unused claim back: nothing was sent, so the job is due at once, or when it has waited for `waitMs`. */
  releaseClaim(claim: Claim, waitMs?: number): Promise<void>;
  applyDecision(claim: Claim, decision: AnyDecision, facts: PollFacts): Promise<ApplyResult>;
  /**
   * The pages of the manifest that decisions put by, in the order in which they first came, without the one of
   * `exceptUrl`: the page in hand may have been put by before.
   */
  collectedPages(claim: Claim, exceptUrl?: string): Promise<CollectedPages>;
  submittedToken(claim: Claim): SubmittedToken;

  /** Puts back overdue jobs whose wake-up was lost; returns how many. */
  rescueOverdue(graceMs: number): Promise<number>;
}
