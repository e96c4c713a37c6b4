import { createHash } from 'node:crypto';
import type { PresetBook } from '@bulkwatch/core';
import type { CredentialBindings } from '@bulkwatch/egress';
import type { Clock, Settings, TraceContext } from '@bulkwatch/runtime';
import type { JobRecord, JobStore } from '@bulkwatch/store';
import type { ApiReason, ProblemExtras } from './problem.js';
import { type RefusedUrl, type RegistrationRules, readRegistration } from './read-registration.js';
import type { Reporter } from './reporter.js';

/** What registering needs of the context. */
export interface RegisterParts {
  readonly store: {
    readonly jobs: Pick<JobStore, 'register'>;
    readonly canSeal: boolean;
  };
  readonly policy: RegistrationRules['policy'];
  readonly credentials: Pick<CredentialBindings, 'find'>;
  readonly presets: PresetBook;
  readonly clock: Pick<Clock, 'now'>;
  readonly reporter: Pick<Reporter, 'registered'>;
  readonly settings: Pick<Settings, 'trackingDeadlineMs'>;
}

export interface RegisterRequest {
  readonly tenant: string;
  readonly requestId: string;
  /** JSON, not looked at yet. */
  readonly body: unknown;
  readonly idempotencyKey?: string | undefined;
  /** Where the call stands in a distributed trace. */
  readonly trace?: TraceContext | undefined;
}

export type RegisterOutcome =
  | { readonly kind: 'created' | 'existing'; readonly job: JobRecord }
  | {
      readonly kind: 'refused';
      readonly reason: ApiReason;
      readonly extras?: ProblemExtras;
      /** What the policy had against the status URL; never a part of the answer. */
      readonly refusal?: RefusedUrl;
      /** The same of the webhook's URL. */
      readonly webhookRefusal?: RefusedUrl;
      /** The job that is tracked from now on, though too few replicas have it for that to be promised. */
      readonly created?: JobRecord;
    };

/**
 * Judges a registration and, when there is nothing wrong with it, begins to track its status URL.
 *
 * @throws StoreUnavailableError when Redis cannot say or keep it.
 */
export async function register(
  parts: RegisterParts,
  request: RegisterRequest,
): Promise<RegisterOutcome> {
  const outcome = await judgeAndStore(parts, request);
  parts.reporter.registered(outcome, request.requestId);
  return outcome;
}

async function judgeAndStore(
  parts: RegisterParts,
  { tenant, body, idempotencyKey, trace }: RegisterRequest,
): Promise<RegisterOutcome> {
  const reading = readRegistration(body, rulesOf(parts, tenant));
  if (reading.kind === 'refused') {
    const { errors, ...refused } = reading;
    return { ...refused, extras: { errors } };
  }

  const idempotency =
    idempotencyKey === undefined
      ? {}
      : { idempotency: { key: idempotencyKey, fingerprint: fingerprintOf(body) } };
  const result = await parts.store.jobs.register(tenant, {
    ...reading.job,
    ...idempotency,
    ...(trace && { trace }),
  });
  if (result.kind === 'created' || result.kind === 'existing') return result;
  const { kind: reason, ...others } = result;
  return { kind: 'refused', reason, ...others };
}

/** What registrations of a tenant are judged by at this instant. */
export const rulesOf = (
  { store, policy, credentials, presets, clock, settings }: RegisterParts,
  tenant: string,
): RegistrationRules => ({
  tenant,
  policy,
  credentials,
  presets,
  canSeal: store.canSeal,
  trackingDeadlineMs: settings.trackingDeadlineMs,
  now: clock.now(),
});

/** The same for bodies that differ only in blanks and in the order of members. */
function fingerprintOf(body: unknown): string {
  return createHash('sha256')
    .update(JSON.stringify(inOrder(body)))
    .digest('base64url');
}

function inOrder(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  return Object.entries(value)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, member]) => [name, inOrder(member)]);
}
