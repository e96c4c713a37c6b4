import type { EventWord } from './events.js';
import type { Reason } from './reasons.js';

/**
 * States of a tracked job, in the order in which they can be reached. Final states never change.
 * Poll health is separate on purpose: a poll that fails says nothing about the export.
 */
export const jobStates = [
  'registered',
  'in-progress',
  'completed',
  'failed',
  'cancelled',
  'abandoned',
] as const;
export type JobState = (typeof jobStates)[number];

export const openStates = ['registered', 'in-progress'] as const satisfies readonly JobState[];
export type OpenState = (typeof openStates)[number];
export const finalStates = [
  'completed',
  'failed',
  'cancelled',
  'abandoned',
] as const satisfies readonly JobState[];
export type FinalState = (typeof finalStates)[number];

interface StateRow {
  readonly meaning: string;
  readonly final: boolean;
  /** Why a job ends in this state. */
  readonly reasons: readonly Reason[];
}

/** The one table of states. Each reason that ends a job ends it in one state only. */
export const stateTable = {
  registered: {
    meaning:
      'The status URL is tracked; the provider has not yet said that it works on the export.',
    final: false,
    reasons: [],
  },
  'in-progress': {
    meaning: 'The provider has said that it works on the export.',
    final: false,
    reasons: [],
  },
  completed: {
    meaning: 'The export is complete; the manifest is here.',
    final: true,
    reasons: ['manifest-incomplete'],
  },
  failed: {
    meaning: 'The provider says that the export failed, or is gone, or keeps answering nonsense.',
    final: true,
    reasons: [
      'export-failed',
      'export-unknown',
      'export-expired',
      'export-terminated',
      'access-denied',
      'request-refused',
      'manifest-invalid',
    ],
  },
  cancelled: {
    meaning: 'Tracking was stopped through the API, or the export was cancelled at the provider.',
    final: true,
    reasons: ['cancelled-by-request', 'delete-refused', 'export-cancelled'],
  },
  abandoned: {
    meaning: 'The deadline passed; the export may still run.',
    final: true,
    reasons: ['tracking-deadline'],
  },
} as const satisfies Record<JobState, StateRow>;

interface TransitionRow {
  /** Empty where a job begins. */
  readonly from: readonly OpenState[];
  /** Undefined where the job stays in the state that it is in. */
  readonly to?: JobState;
  readonly cause: string;
  /** The event that tells of it, appended in the same step; null where there is nothing to tell. */
  readonly event: EventWord | null;
}

/** The one table of transitions: whatever is done with a tracked job is one of these. */
export const transitions = {
  register: {
    from: [],
    to: 'registered',
    cause: 'A status URL is registered that its tenant does not track yet.',
    event: 'registered',
  },
  begin: {
    from: ['registered'],
    to: 'in-progress',
    cause:
      'A poll is answered in-progress, with a page of the manifest, or with where the result is, for the first time.',
    event: 'progressed',
  },
  progress: {
    from: ['in-progress'],
    cause: 'A poll is answered in-progress, with another X-Progress than before.',
    event: 'progressed',
  },
  'go-on': {
    from: ['in-progress'],
    cause: 'A poll is answered in-progress, with nothing new.',
    event: null,
  },
  collect: {
    from: ['in-progress'],
    cause:
      'A poll lists files that are ready, and more is to come; a registered job begins in the same step.',
    event: 'partial',
  },
  stall: {
    from: ['in-progress'],
    cause:
      'A poll is answered in-progress, with nothing new for longer than a standstill may be, for the first time since the export last moved.',
    event: 'stalled',
  },
  follow: {
    from: openStates,
    cause: 'A poll is answered with a redirect, or with where the result is.',
    event: null,
  },
  doubt: {
    from: openStates,
    cause: 'A poll fails, or hints at an end of the export that is not believed yet.',
    event: null,
  },
  'change-health': {
    from: openStates,
    cause:
      'A poll goes better or worse than the one before, or an operator pauses or resumes the job; told besides whatever else happens.',
    event: 'health-changed',
  },
  'request-delete': {
    from: openStates,
    cause:
      'A cancel asks for a delete request, which takes the place of the polls until it is heard.',
    event: null,
  },
  complete: {
    from: openStates,
    to: 'completed',
    cause: 'A poll brings the manifest, its last page, or the end of the pages that can be had.',
    event: 'completed',
  },
  fail: {
    from: openStates,
    to: 'failed',
    cause: 'An end of the export without a manifest is plain, confirmed, or persists.',
    event: 'failed',
  },
  cancel: {
    from: openStates,
    to: 'cancelled',
    cause:
      'A cancel: at once, or after the delete request was heard or its time was up; or the provider says so.',
    event: 'cancelled',
  },
  abandon: {
    from: openStates,
    to: 'abandoned',
    cause: 'The deadline has passed, and the poll after it neither completes nor fails the job.',
    event: 'abandoned',
  },
} as const satisfies Record<string, TransitionRow>;
export type Transition = keyof typeof transitions;

interface CompletedChangeRow {
  readonly cause: string;
  /** The event that tells of it, appended in the same step; null where there is nothing to tell. */
  readonly event: EventWord | null;
}

/** The one table of what can become of a completed job. Its state stays what it is. */
export const completedChanges = {
  refresh: {
    cause:
      'A refresh brings the manifest anew; until then, and where it brings nothing, all stays.',
    event: 'completed',
  },
  acknowledge: {
    cause:
      'A subscriber has what it wants. Once all that are required have it, or anybody where none is, `acknowledgedAt` is set; with `deleteOnAcknowledge` the provider is then sent a delete request, and in no other case.',
    event: null,
  },
  'clean-up': {
    cause:
      'The provider took that delete request or has nothing to delete any more (`deletedAtProviderAt`), or it was refused or its time was up (`deleteReason`).',
    event: null,
  },
  'near-expiry': {
    cause:
      'A threshold before `expiresAt` has passed (`BULKWATCH_EXPIRING_THRESHOLDS`), and the job is not acknowledged.',
    event: 'expiring',
  },
  expire: {
    cause:
      '`expiresAt` has passed, and the export was not deleted at the provider before: `expiredAt` is set.',
    event: 'expired',
  },
} as const satisfies Record<string, CompletedChangeRow>;

/** How polling goes, as opposed to how the export goes. */
export const pollHealths = [
  'ok',
  'rate-limited',
  'unreachable',
  'auth-blocked',
  'provider-error',
  'stalled',
  'paused',
] as const;
export type PollHealth = (typeof pollHealths)[number];

interface PollHealthRow {
  readonly meaning: string;
  /** Reasons of the polls that lead to it. */
  readonly reasons: readonly Reason[];
}

/** The one table of poll healths. A reason leads to one health only; a settled job is `ok`. */
export const pollHealthTable = {
  ok: {
    meaning: 'Nothing is wrong: no poll yet, a good last poll, or a settled job.',
    reasons: [],
  },
  'rate-limited': {
    meaning: 'The provider asked us to poll less often.',
    reasons: ['rate-limited'],
  },
  unreachable: {
    meaning: 'No answer came, of the provider or of the token endpoint that comes first.',
    reasons: ['connection-failed', 'tls-failed', 'timed-out', 'token-unavailable'],
  },
  'auth-blocked': {
    meaning:
      'No credentials that the provider takes, or settings are missing; an operator has to act.',
    reasons: [
      'auth-rejected',
      'token-refused',
      'credential-missing',
      'preset-missing',
      'provider-not-allowed',
    ],
  },
  'provider-error': {
    meaning: 'An answer came that is of no use, or an end of the export that is not believed yet.',
    reasons: [
      'provider-error',
      'response-too-large',
      'response-unreadable',
      'redirect-refused',
      'export-failed',
      'export-unknown',
      'export-cancelled',
      'export-terminated',
      'request-refused',
    ],
  },
  stalled: {
    meaning:
      'Polls are answered well, but the export has made no progress for longer than is usual for it.',
    reasons: [],
  },
  paused: {
    meaning:
      'An operator paused the job. Once it is resumed, its health is again that of the last poll.',
    reasons: [],
  },
} as const satisfies Record<PollHealth, PollHealthRow>;
