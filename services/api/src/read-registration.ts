import { type Problem, type Registration, registrationSchema } from '@bulkwatch/contract';
import {
  defaultProtocol,
  type Fault,
  faultsOf,
  type PresetBook,
  pointerTo,
  readKickOffRetryAfter,
} from '@bulkwatch/core';
import type { CredentialBook, ProviderPolicy } from '@bulkwatch/egress';
import type { NewJob } from '@bulkwatch/store';
import type { ApiReason } from './problem.js';
import { faultsOfPreset, registeredPreset } from './registered-preset.js';

/** What a registration is judged by. */
export interface RegistrationRules {
  readonly policy: ProviderPolicy;
  readonly credentials: Pick<CredentialBook, 'find'>;
  readonly presets: PresetBook;
  readonly canSeal: boolean;
  readonly trackingDeadlineMs: number;
  /** Epoch ms. */
  readonly now: number;
}

export type RegistrationReading =
  | { readonly kind: 'accepted'; readonly job: NewJob }
  | {
      readonly kind: 'refused';
      /** The one reason that all faults share, otherwise `validation-failed`. */
      readonly reason: ApiReason;
      readonly errors: NonNullable<Problem['errors']>;
    };

/** Clocks of producers may be ahead of ours by so much. */
const clockToleranceMs = 5 * 60_000;

/** Reads the body of a registration and names everything that is wrong with it at once. */
export function readRegistration(body: unknown, rules: RegistrationRules): RegistrationReading {
  const parsed = registrationSchema.safeParse(body);
  const fields = parsed.success ? parsed.data : soundFields(body);
  const malformed = parsed.success ? [] : faultsOf(parsed.error);
  const faults: ReasonedFault[] = [
    ...[...malformed, ...droppedLabels(body)].map(asValidation),
    ...faultsOfUse(fields, rules),
  ];
  if (parsed.success && faults.length === 0)
    return { kind: 'accepted', job: toNewJob(parsed.data, rules) };
  const [reason = 'validation-failed', ...others] = new Set(faults.map((fault) => fault.reason));
  return {
    kind: 'refused',
    reason: others.length === 0 ? reason : 'validation-failed',
    errors: faults.map(({ path, message }) => ({ field: pointerTo(path), message })),
  };
}

/** A fault, and what the problem is called that it makes. */
export interface ReasonedFault extends Fault {
  readonly reason: ApiReason;
}

const asValidation = (fault: Fault): ReasonedFault => ({ ...fault, reason: 'validation-failed' });

/** Faults of fields that are well formed but cannot be used here or now. */
function faultsOfUse(fields: Partial<Registration>, rules: RegistrationRules): ReasonedFault[] {
  const { now } = rules;
  const faults: ReasonedFault[] = [];
  const fault = (field: keyof Registration, message: string, reason?: ApiReason): void => {
    faults.push({ path: [field], message, reason: reason ?? 'validation-failed' });
  };

  const url = fields.statusUrl === undefined ? undefined : new URL(fields.statusUrl);
  const refusal = url && rules.policy.refuse(url);
  if (refusal !== undefined) fault('statusUrl', refusal, 'provider-not-allowed');

  faults.push(...faultsOfPreset({ fields, url, presets: rules.presets }));

  const { credential: name } = fields;
  const credential = name === undefined ? undefined : rules.credentials.find(name);
  if (name !== undefined && !credential)
    fault('credential', 'is not configured', 'credential-unknown');
  if (url && credential && !credential.origins.includes(url.origin))
    fault('credential', 'may not be sent to this origin', 'credential-not-for-provider');
  if (fields.bearerToken !== undefined && !rules.canSeal)
    fault('bearerToken', 'cannot be kept, there is no key to seal it', 'sealing-not-configured');

  const kickedOffAt = instantOf(fields.kickedOffAt);
  const deadlineAt = instantOf(fields.deadlineAt) ?? now + rules.trackingDeadlineMs;
  if (kickedOffAt !== undefined && kickedOffAt > now + clockToleranceMs)
    fault('kickedOffAt', 'must not be in the future');
  if (deadlineAt <= now) fault('deadlineAt', 'must be in the future');

  const delayMs = firstDelayMs(fields, now);
  if (delayMs === undefined) fault('retryAfter', 'must be delay-seconds or an HTTP-date');
  else if (deadlineAt > now && now + delayMs >= deadlineAt)
    fault('retryAfter', 'must end before the deadline');
  return faults;
}

/** Wait before the first poll; none where the kick-off did not ask for one. Undefined when it is unreadable. */
function firstDelayMs({ retryAfter }: Partial<Registration>, now: number): number | undefined {
  return retryAfter === undefined ? 0 : readKickOffRetryAfter(retryAfter, now).delayMs;
}

function toNewJob(registration: Registration, { presets, now }: RegistrationRules): NewJob {
  const { preset, credential, bearerToken, labels, reference } = registration;
  // The URL as it will be sent, so that one export written in two ways is tracked once.
  const url = new URL(registration.statusUrl);
  const spoken = registeredPreset({ fields: registration, url, presets })?.protocol;
  const kickedOffAt = instantOf(registration.kickedOffAt);
  const deadlineAt = instantOf(registration.deadlineAt);
  return {
    statusUrl: url.href,
    protocol: registration.protocol ?? spoken ?? defaultProtocol,
    provider: url.origin,
    labels: labels ?? {},
    firstDelayMs: firstDelayMs(registration, now) ?? 0,
    ...(preset === undefined ? {} : { preset }),
    ...(credential === undefined ? {} : { credential }),
    ...(bearerToken === undefined ? {} : { bearerToken }),
    ...(reference === undefined ? {} : { reference }),
    ...(kickedOffAt === undefined ? {} : { kickedOffAt }),
    ...(deadlineAt === undefined ? {} : { deadlineAt }),
  };
}

const instantOf = (iso: string | undefined): number | undefined =>
  iso === undefined ? undefined : Date.parse(iso);

/** The fields that are well formed by themselves, of a body that as a whole is not. */
function soundFields(body: unknown): Partial<Registration> {
  if (!isObject(body)) return {};
  const sound = Object.entries(registrationSchema.shape).flatMap(([name, schema]) => {
    const parsed = schema.safeParse(Object.hasOwn(body, name) ? body[name] : undefined);
    return parsed.success && parsed.data !== undefined ? [[name, parsed.data] as const] : [];
  });
  return Object.fromEntries(sound) as Partial<Registration>;
}

/** A label called `__proto__`, which zod leaves out without a word. */
function droppedLabels(body: unknown): Fault[] {
  const labels = isObject(body) ? body['labels'] : undefined;
  const dropped = isObject(labels) && Object.hasOwn(labels, '__proto__');
  return dropped ? [{ path: ['labels', '__proto__'], message: 'is not a label name' }] : [];
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
