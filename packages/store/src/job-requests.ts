import type { DeliverableType, JobState, PollHealth } from '@bulkwatch/contract';
import type { TraceContext } from '@bulkwatch/runtime';
import type { JobRecord } from './job-store.js';

/** Where a job's events are posted. All of it is in clear only in this argument. */
export interface NewJobWebhook {
  /** As `URL.href` has it. */
  readonly url: string;
  /** One or two secrets, with a blank between them. */
  readonly secret: string;
  /** All export events where not given. */
  readonly types?: readonly DeliverableType[];
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
  /** Where the registration stands in a distributed trace. */
  readonly trace?: TraceContext;
  readonly deleteOnAcknowledge?: boolean;
  readonly requiredSubscribers?: readonly string[];
  readonly kickedOffAt?: number;
  /** Absolute deadline; default is `deadlineMs` from now. */
  readonly deadlineAt?: number;
  /** Default is the tracking deadline of the settings. */
  readonly deadlineMs?: number;
  /** Wait before the first poll (the kick-off's Retry-After), ms. */
  readonly firstDelayMs: number;
  readonly idempotency?: { readonly key: string; readonly fingerprint: string };
  readonly webhook?: NewJobWebhook;
}

export type RegisterResult =
  | { readonly kind: 'created'; readonly job: JobRecord }
  /** The same tenant and status URL is tracked already, or the Idempotency-Key was used for this. */
  | { readonly kind: 'existing'; readonly job: JobRecord }
  | { readonly kind: 'idempotency-key-reused' }
  /** It is tracked, but not on as many replicas as it must be to be acknowledged; `created` where this call did it. */
  | { readonly kind: 'not-replicated'; readonly created?: JobRecord };

export type CancelResult =
  /** Settled as cancelled by this call. */
  | { readonly kind: 'cancelled'; readonly job: JobRecord }
  | { readonly kind: 'cancelled-before'; readonly job: JobRecord }
  /** The delete request is on its way; the job settles once it was sent. */
  | { readonly kind: 'cancelling'; readonly job: JobRecord }
  | { readonly kind: 'already-settled'; readonly job: JobRecord }
  | { readonly kind: 'not-found' };

/** What may be changed of a completed job, until its delete request is asked for. */
export interface CompletedAmendment {
  readonly deleteOnAcknowledge?: boolean;
  /** All of them, in place of those it had. */
  readonly requiredSubscribers?: readonly string[];
}

/** What may be changed of a job that is being tracked, and the webhook of any. What is left out stays. */
export interface Amendment extends CompletedAmendment {
  /** In clear only in this argument. */
  readonly bearerToken?: string;
  readonly deadlineAt?: number;
  /** All of them, in place of those it had. */
  readonly labels?: Readonly<Record<string, string>>;
  /** In place of the one it had; null takes it away. Enables one that was disabled. */
  readonly webhook?: NewJobWebhook | null;
}

export type AmendResult =
  | { readonly kind: 'amended'; readonly job: JobRecord }
  | { readonly kind: 'already-settled'; readonly job: JobRecord }
  /** The delete request that follows the acknowledgement has been asked for. */
  | { readonly kind: 'deleted'; readonly job: JobRecord }
  | { readonly kind: 'not-found' };

export type AcknowledgeResult =
  /** `first` is false where this subscriber had said so before. */
  | { readonly kind: 'acknowledged'; readonly first: boolean; readonly job: JobRecord }
  | { readonly kind: 'refused'; readonly why: 'not-found' | 'not-completed' | 'too-many' };

export interface ListFilter {
  readonly states?: readonly JobState[];
  readonly health?: PollHealth;
  readonly provider?: string;
  readonly labels?: readonly (readonly [key: string, value: string])[];
}

export interface ListPage {
  readonly jobs: readonly JobRecord[];
  /** Where the next page begins; undefined on the last. A page may be short and still have a next. */
  readonly nextCursor?: string;
}
