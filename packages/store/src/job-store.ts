import type {
  FinalState,
  JobState,
  ManifestSummary,
  Poll,
  PollHealth,
  Reason,
} from '@bulkwatch/contract';
import type { Decision, TrackedJob } from '@bulkwatch/core';

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
  readonly registeredAt: number;
  readonly kickedOffAt?: number;
  readonly deadlineAt: number;
  readonly state: JobState;
  readonly health: PollHealth;
  readonly progress?: string;
  readonly progressPercent?: number;
  readonly pollCount: number;
  readonly lastPolledAt?: number;
  /** Undefined once settled. */
  readonly dueAt?: number;
  readonly settledAt?: number;
  readonly cancelRequestedAt?: number;
  readonly reason?: Reason;
  readonly detail?: string;
  readonly expiresAt?: number;
  readonly expiryAssumed: boolean;
  readonly requestId?: string;
  readonly manifest?: ManifestSummary;
  /** Rises with every change; the ETag of the job. */
  readonly version: number;
}

/** What the caller decided about a job to be registered; the store adds id and instants. */
export interface NewJob {
  readonly statusUrl: string;
  readonly protocol: string;
  /** Only where the registration names one. */
  readonly preset?: string;
  readonly provider: string;
  readonly credential?: string;
  /** In clear only in this argument: sealed before it reaches any client library. */
  readonly bearerToken?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly reference?: string;
  readonly kickedOffAt?: number;
  /** Absolute deadline; default is now plus the tracking deadline of the settings. */
  readonly deadlineAt?: number;
  /** Wait before the first poll (the kick-off's Retry-After), ms. */
  readonly firstDelayMs: number;
  readonly idempotency?: { readonly key: string; readonly fingerprint: string };
}

export type RegisterResult =
  | { readonly kind: 'created'; readonly job: JobRecord }
  /** The same tenant and status URL is tracked already, or the Idempotency-Key was used for this. */
  | { readonly kind: 'existing'; readonly job: JobRecord }
  | { readonly kind: 'idempotency-key-reused' };

export type CancelResult =
  /** Settled as cancelled by this call. */
  | { readonly kind: 'cancelled'; readonly job: JobRecord }
  | { readonly kind: 'cancelled-before'; readonly job: JobRecord }
  /** The delete request is on its way; the job settles once it was sent. */
  | { readonly kind: 'cancelling'; readonly job: JobRecord }
  | { readonly kind: 'already-settled'; readonly job: JobRecord }
  | { readonly kind: 'not-found' };

/** What may be changed of a job that is being tracked. What is left out stays. */
export interface Amendment {
  /** In clear only in this argument. */
  readonly bearerToken?: string;
  readonly deadlineAt?: number;
  /** All of them, in place of those it had. */
  readonly labels?: Readonly<Record<string, string>>;
}

export type AmendResult =
  | { readonly kind: 'amended'; readonly job: JobRecord }
  | { readonly kind: 'already-settled'; readonly job: JobRecord }
  | { readonly kind: 'not-found' };

export interface ListFilter {
  readonly state?: JobState;
  readonly health?: PollHealth;
  readonly provider?: string;
  readonly labels?: readonly (readonly [key: string, value: string])[];
}

export interface ListPage {
  readonly jobs: readonly JobRecord[];
  /** Where the next page begins; undefined on the last. A page may be short and still have a next. */
  readonly nextCursor?: string;
}

/** A wake-up for the queue: entry id and payload hold ids only. */
export interface WakeUp {
  readonly jobId: string;
  /** Number of the canonical wake-up; a claim by any other is dropped. */
  readonly wake: number;
  readonly delayMs: number;
}

/** The right to send one request, until `leaseMs` have passed since before the claim was sent. */
export interface Claim {
  readonly jobId: string;
  readonly epoch: number;
  readonly wake: number;
  /** `poll` the status URL, or send it the `delete` request that a cancel asked for. */
  readonly action: 'poll' | 'delete';
  /** Instants by Redis's clock. */
  readonly claimedAt: number;
  readonly dueAt: number;
  readonly job: ClaimedJob;
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
  readonly cancelRequestedAt?: number;
}

/** The submitted bearer token of a claimed job. */
export type SubmittedToken =
  | { readonly kind: 'none' }
  | { readonly kind: 'opened'; readonly token: string }
  /** Its seal key is not on this process's ring. */
  | { readonly kind: 'unopenable'; readonly keyId: string };

export type ClaimResult =
  | { readonly kind: 'claimed'; readonly claim: Claim }
  | { readonly kind: 'early'; readonly remainingMs: number }
  /** Another wake-up is the canonical one, or the job is settled or gone: this wake-up ends. */
  | { readonly kind: 'dropped'; readonly why: 'superseded' | 'settled' | 'missing' };

export type ApplyResult =
  | { readonly kind: 'again'; readonly delayMs: number }
  | { readonly kind: 'settled'; readonly state: FinalState }
  /** Somebody else claimed or settled the job since: nothing was changed. */
  | { readonly kind: 'stale' };

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
  readonly method: Poll['method'];
  readonly status?: number;
  readonly durationMs: number;
  readonly requestId?: string;
  /** Set where another origin than the job's provider answered: what it asks for is its own affair. */
  readonly elsewhere?: boolean;
}

/** Transitions and reads of tracked jobs. Every transition is one atomic, idempotent script. */
export interface JobStore {
  register(tenant: string, job: NewJob): Promise<RegisterResult>;
  get(tenant: string, jobId: string): Promise<JobRecord | undefined>;
  list(
    tenant: string,
    filter: ListFilter,
    page: { cursor: string | undefined; limit: number },
  ): Promise<ListPage>;
  /** The manifest as the provider sent it. */
  manifest(tenant: string, jobId: string): Promise<StoredManifest>;
  polls(tenant: string, jobId: string): Promise<readonly Poll[] | undefined>;
  /** Stops tracking. With `deleteAtProvider` the worker first sends the delete request. */
  cancel(
    tenant: string,
    jobId: string,
    options: { deleteAtProvider: boolean },
  ): Promise<CancelResult>;

  /** Changes an open job; a new token wakes it if it waits for one. */
  amend(tenant: string, jobId: string, amendment: Amendment): Promise<AmendResult>;

  /** `nonce` is new for each call; `dice` in [0, 1) spreads overdue polls. */
  claimPoll(
    wakeUp: { jobId: string; wake: number },
    chance: { nonce: string; dice: number },
  ): Promise<ClaimResult>;
  /** Gives an unused claim back: nothing was sent, so the job is due at once. */
  releaseClaim(claim: Claim): Promise<void>;
  applyDecision(claim: Claim, decision: Decision, facts: PollFacts): Promise<ApplyResult>;
  /**
   * The pages of the manifest that decisions put by, in the order in which they first came, without the one of
   * `exceptUrl`: the page in hand may have been put by before.
   */
  collectedPages(claim: Claim, exceptUrl?: string): Promise<CollectedPages>;
  submittedToken(claim: Claim): SubmittedToken;

  /** Puts back overdue jobs whose wake-up was lost; returns how many. */
  rescueOverdue(graceMs: number): Promise<number>;
  /** Figures of the whole fleet. Overdue is what is due for longer than the tolerance. */
  fleet(overdueToleranceMs: number): Promise<FleetFigures>;
}

export interface FleetFigures {
  /** Redis's clock, epoch ms. */
  readonly now: number;
  readonly jobsByState: Readonly<Record<JobState, number>>;
  readonly overdueCount: number;
  /** Age of the longest overdue one; 0 where none is. */
  readonly oldestOverdueAgeMs: number;
}
