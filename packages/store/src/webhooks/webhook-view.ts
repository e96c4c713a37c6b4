import type {
  DeliverableType,
  JobWebhook,
  WebhookDisabledReason,
  WebhookEndpoint,
} from '@bulkwatch/contract';

type Hash = Readonly<Record<string, string | undefined>>;

/** Types as a record keeps them: words between blanks; absent where all export events are meant. */
export const typesOf = (hash: Hash): DeliverableType[] | null =>
  (hash['webhookTypes']?.split(' ') as DeliverableType[] | undefined) ?? null;

const disabledReasonOf = (hash: Hash): WebhookDisabledReason | null =>
  (hash['webhookDisabledReason'] as WebhookDisabledReason | undefined) ?? null;

/** The webhook of a job, as its record shows it; undefined where it has none. */
export function jobWebhookOf(hash: Hash): JobWebhook | undefined {
  const url = hash['webhookUrl'];
  if (url === undefined) return undefined;
  return {
    url,
    types: typesOf(hash),
    state: hash['webhookDisabledAt'] === undefined ? 'enabled' : 'disabled',
    disabledReason: disabledReasonOf(hash),
  };
}

/** An endpoint as the API shows it; `now` is epoch ms. */
export function endpointOf(id: string, hash: Hash, now: number): WebhookEndpoint {
  const until = hash['previousSecretUntil'];
  return {
    id,
    url: hash['webhookUrl'] ?? '',
    types: typesOf(hash),
    labels: JSON.parse(hash['labels'] ?? '{}') as Record<string, string>,
    description: hash['description'] ?? null,
    state: hash['webhookDisabledAt'] === undefined ? 'enabled' : 'disabled',
    disabledAt: isoOrNull(hash['webhookDisabledAt']),
    disabledReason: disabledReasonOf(hash),
    failingSince: isoOrNull(hash['webhookFailingSince']),
    lastReason: hash['webhookLastReason'] ?? null,
    createdAt: new Date(Number(hash['createdAt'])).toISOString(),
    previousSecretUntil: isoOrNull(Number(until) > now ? until : undefined),
  };
}

const isoOrNull = (instant: string | undefined): string | null =>
  instant === undefined ? null : new Date(Number(instant)).toISOString();
