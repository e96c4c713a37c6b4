import { type Registration, registrationSchema } from '@bulkwatch/contract';
import {
  defaultProtocol,
  type Fault,
  faultsOf,
  type PresetBook,
  readKickOffRetryAfter,
} from '@bulkwatch/core';
import type { CredentialBindings, ProviderPolicy, RefusalReason } from '@bulkwatch/egress';
import type { NewJob } from '@bulkwatch/store';
import type { ApiReason } from './problem.js';
import {
  asValidation,
  type ReasonedFault,
  type RefusedBody,
  refuseBody,
} from './reasoned-fault.js';
import { faultsOfPreset, presetDeadlineMs, registeredPreset } from './registered-preset.js';
import { tokenExpiry } from './token-expiry.js';
import { asNewWebhook, judgeWebhook, type WebhookRules } from './webhook-rules.js';

/** What a registration is judged by. */
export interface RegistrationRules {
  readonly tenant: string;
  readonly policy: Pick<ProviderPolicy, 'refuse'> & WebhookRules['policy'];
  readonly credentials: Pick<CredentialBindings, 'find'>;
  readonly presets: PresetBook;
  readonly canSeal: boolean;
  readonly trackingDeadlineMs: number;
  /** Epoch ms. */
  readonly now: number;
}

export type RegistrationReading =
  | { readonly kind: 'accepted'; readonly job: NewJob }
  | (RefusedBody & {
      /** Why the policy refused the status URL, if it did; for us and not for the caller. */
      readonly refusal?: RefusedUrl;
      /** The same of the webhook's URL. */
      readonly webhookRefusal?: RefusedUrl;
    });

/** A URL that the policy refused. */
export interface RefusedUrl {
  readonly reason: RefusalReason;
  readonly origin: string;
}

/** Clocks of producers may be ahead of ours by so much. */
const clockToleranceMs = 5 * 60_000;

/** Reads the body of a registration and names everything that is wrong with it at once. */
export function readRegistration(body: unknown, rules: RegistrationRules): RegistrationReading {
  const parsed = registrationSchema.safeParse(body);
  const fields = parsed.success ? parsed.data : soundFields(body);
  const malformed = parsed.success ? [] : faultsOf(parsed.error);
  const refusal = refusalOf(fields, rules);
  const webhook = fields.webhook && judgeWebhook(fields.webhook.url, ['webhook', 'url'], rules);
  const faults: ReasonedFault[] = [
    ...[...malformed, ...droppedLabels(body)].map(asValidation),
    ...(refusal ? [notAllowed] : []),
    ...faultsOfUse(fields, rules),
    ...(webhook?.faults ?? []),
  ];
  if (parsed.success && faults.length === 0)
    return { kind: 'accepted', job: toNewJob(parsed.data, rules) };
  return {
    ...refuseBody(faults),
    ...(refusal ? { refusal } : {}),
    ...(webhook?.refusal ? { webhookRefusal: webhook.refusal } : {}),
  };
}

/**
 * What is wrong with what registrations have in common, whatever their status URLs are. What depends on the provider
 * is left to each of them, and so is the deadline of the house, in place of which the provider's preset may have another.
 */
export function faultsOfShared(shared: object, rules: RegistrationRules): readonly Fault[] {
  const { error } = registrationSchema.safeParse(shared);
  const ofUse = faultsOfUse(soundFields(shared), {
    ...rules,
    trackingDeadlineMs: Number.POSITIVE_INFINITY,
  });
  const faults = [...(error ? faultsOf(error) : []), ...droppedLabels(shared), ...ofUse];
  return faults.filter(({ path }) => path[0] !== 'statusUrl');
}

/** The same whatever was wrong: what exactly would help only those who look for a gap. */
const notAllowed: ReasonedFault = {
  path: ['statusUrl'],
  message: 'is not at a provider that may be asked',
  reason: 'provider-not-allowed',
};

function refusalOf(
  { statusUrl }: Partial<Registration>,
  { policy, tenant }: RegistrationRules,
): RefusedUrl | undefined {
  if (statusUrl === undefined) return undefined;
  const url = new URL(statusUrl);
  const refusal = policy.refuse(url, tenant);
  return refusal && { reason: refusal.reason, origin: url.origin };
}

/** Faults of fields that are well formed but cannot be used here or now. */
function faultsOfUse(fields: Partial<Registration>, rules: RegistrationRules): ReasonedFault[] {
  const { now } = rules;
  const faults: ReasonedFault[] = [];
  const fault = (field: keyof Registration, message: string, reason?: ApiReason): void => {
    faults.push({ path: [field], message, reason: reason ?? 'validation-failed' });
  };

  const url = fields.statusUrl === undefined ? undefined : new URL(fields.statusUrl);
  const { presets } = rules;
  faults.push(...faultsOfPreset({ fields, url, presets }));

  const { credential: name } = fields;
  const credential = name === undefined ? undefined : rules.credentials.find(name, rules.tenant);
  if (name !== undefined && !credential)
    fault('credential', 'is not configured', 'credential-unknown');
  if (url && credential && !credential.origins.includes(url.origin))
    fault('credential', 'may not be sent to this origin', 'credential-not-for-provider');
  if (fields.bearerToken !== undefined && !rules.canSeal)
    fault('bearerToken', 'cannot be kept, there is no key to seal it', 'sealing-not-configured');

  const kickedOffAt = instantOf(fields.kickedOffAt);
  const deadlineAt =
    instantOf(fields.deadlineAt) ??
    now + (presetDeadlineMs({ fields, url, presets }) ?? rules.trackingDeadlineMs);
  if (kickedOffAt !== undefined && kickedOffAt > now + clockToleranceMs)
    fault('kickedOffAt', 'must not be in the future');
  if (deadlineAt <= now) fault('deadlineAt', 'must be in the future');

  const delayMs = firstDelayMs(fields, now);
  if (delayMs === undefined) fault('retryAfter', 'must be delay-seconds or an HTTP-date');
  else if (deadlineAt > now && now + delayMs >= deadlineAt)
    fault('retryAfter', 'must end before the deadline');
  faults.push(...faultsOfLife(fields.bearerToken, now + (delayMs ?? 0)));
  return faults;
}

/** What is wrong with a token that is needed at `neededAt`, epoch ms, for the first time. */
export function faultsOfLife(token: string | undefined, neededAt: number): ReasonedFault[] {
  const expiresAt = token === undefined ? undefined : tokenExpiry(token);
  if (expiresAt === undefined || expiresAt > neededAt) return [];
  const message = 'expires before the first poll that it is for';
  return [{ path: ['bearerToken'], message, reason: 'bearer-token-expires-too-early' }];
}

/** Wait before the first poll; none where the kick-off did not ask for one. Undefined when it is unreadable. */
function firstDelayMs({ retryAfter }: Partial<Registration>, now: number): number | undefined {
  return retryAfter === undefined ? 0 : readKickOffRetryAfter(retryAfter, now).delayMs;
}

function toNewJob(registration: Registration, { presets, now }: RegistrationRules): NewJob {
  const { preset, credential, bearerToken, labels, reference, webhook } = registration;
  const { deleteOnAcknowledge, requiredSubscribers } = registration;
  // The URL as it will be sent, so that one export written in two ways is tracked once.
  const url = new URL(registration.statusUrl);
  const choice = { fields: registration, url, presets };
  const spoken = registeredPreset(choice)?.protocol;
  const kickedOffAt = instantOf(registration.kickedOffAt);
  const deadlineAt = instantOf(registration.deadlineAt);
  const deadlineMs = deadlineAt === undefined ? presetDeadlineMs(choice) : undefined;
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
    ...(deleteOnAcknowledge === undefined ? {} : { deleteOnAcknowledge }),
    ...(requiredSubscribers === undefined ? {} : { requiredSubscribers }),
    ...(webhook === undefined ? {} : { webhook: asNewWebhook(webhook) }),
    ...(kickedOffAt === undefined ? {} : { kickedOffAt }),
    ...(deadlineAt === undefined ? {} : { deadlineAt }),
    ...(deadlineMs === undefined ? {} : { deadlineMs }),
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
export function droppedLabels(body: unknown): Fault[] {
  const labels = isObject(body) ? body['labels'] : undefined;
  const dropped = isObject(labels) && Object.hasOwn(labels, '__proto__');
  return dropped ? [{ path: ['labels', '__proto__'], message: 'is not a label name' }] : [];
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
