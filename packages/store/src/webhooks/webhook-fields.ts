import type { DeliverableType } from '@bulkwatch/contract';
import { maskUrl } from '@bulkwatch/runtime';
import { toFields } from '../job-record.js';
import type { NewJobWebhook } from '../job-requests.js';
import type { Sealer } from '../seal.js';
import { sealContext } from '../sealed-fields.js';

export const typesText = (types: readonly DeliverableType[]): string => types.join(' ');

/** Whose record something is sealed for: `id` is that of an endpoint or a job. */
export interface WebhookOwner {
  readonly tenant: string;
  readonly id: string;
}

/** The same for endpoints and jobs, whose ids are unique among both. */
const contextOf = (
  field: 'sealedWebhookUrl' | 'sealedWebhookSecret',
  { tenant, id }: WebhookOwner,
): string => sealContext(field, { tenant, jobId: id, provider: '' });

/** Throws where there is no key: callers ask `canSeal` before. */
function needed(sealer: Sealer | undefined): Sealer {
  if (!sealer) throw new Error('a webhook was given, but there is no seal key');
  return sealer;
}

/** Fields of a URL: one that is fit to show, and the whole one sealed, since path and query may be a capability. */
export const urlFields = (sealer: Sealer | undefined, owner: WebhookOwner, url: string) => ({
  webhookUrl: maskUrl(url),
  sealedWebhookUrl: sealUrl(sealer, owner, url),
});

export const sealUrl = (sealer: Sealer | undefined, owner: WebhookOwner, url: string): string =>
  needed(sealer).seal(url, contextOf('sealedWebhookUrl', owner));

export const sealSecret = (
  sealer: Sealer | undefined,
  owner: WebhookOwner,
  secret: string,
): string => needed(sealer).seal(secret, contextOf('sealedWebhookSecret', owner));

/** Undefined where the key is missing, or the text is damaged. */
export const openUrl = (sealer: Sealer | undefined, owner: WebhookOwner, text: string) =>
  sealer?.open(text, contextOf('sealedWebhookUrl', owner));

export const openSecret = (sealer: Sealer | undefined, owner: WebhookOwner, text: string) =>
  sealer?.open(text, contextOf('sealedWebhookSecret', owner));

/** Fields and values of the webhook of a job. */
export const jobWebhookFields = (
  sealer: Sealer | undefined,
  owner: WebhookOwner,
  { url, secret, types }: NewJobWebhook,
) => ({
  ...urlFields(sealer, owner, url),
  sealedWebhookSecret: sealSecret(sealer, owner, secret),
  webhookTypes: types && typesText(types),
});

export const jobWebhookPairs = (
  sealer: Sealer | undefined,
  owner: WebhookOwner,
  webhook: NewJobWebhook | null,
): (string | number)[] =>
  webhook === null ? [] : toFields(jobWebhookFields(sealer, owner, webhook));
