import type { DeliverableType, JobWebhook, WebhookDisabledReason } from '@bulkwatch/contract';

type Hash = Readonly<Record<string, string | undefined>>;

/** Types as a record keeps them: words between blanks; absent where all export events are meant. */
export const typesOf = (hash: Hash): readonly DeliverableType[] | undefined =>
  hash['webhookTypes']?.split(' ') as DeliverableType[] | undefined;

/** The webhook of a job, as its record shows it; undefined where it has none. */
export function jobWebhookOf(hash: Hash): JobWebhook | undefined {
  const url = hash['webhookUrl'];
  if (url === undefined) return undefined;
  const types = typesOf(hash);
  return {
    url,
    types: types ? [...types] : null,
    state: hash['webhookDisabledAt'] === undefined ? 'enabled' : 'disabled',
    disabledReason: (hash['webhookDisabledReason'] as WebhookDisabledReason | undefined) ?? null,
  };
}
