import type { JobWebhookInput } from '@bulkwatch/contract';
import type { ProviderPolicy } from '@bulkwatch/egress';
import type { NewJobWebhook } from '@bulkwatch/store';
import type { RefusedUrl } from './read-registration.js';
import type { ReasonedFault } from './reasoned-fault.js';

/** What the URL of a webhook is judged by. */
export interface WebhookRules {
  readonly tenant: string;
  readonly policy: { readonly webhooks: Pick<ProviderPolicy, 'refuse'> };
  readonly canSeal: boolean;
}

/** What is wrong with a webhook that is well formed. */
export interface WebhookFaults {
  readonly faults: readonly ReasonedFault[];
  /** Why the policy refused the URL, if it did; for us and not for the caller. */
  readonly refusal?: RefusedUrl;
}

/**
 * Judges a webhook by its URL. What there is to be known of one that is not allowed helps only those who look for a gap,
 * so the caller is told the same whatever it was.
 *
 * @param path of the URL, in the body
 */
export function judgeWebhook(
  text: string,
  path: readonly string[],
  { tenant, policy, canSeal }: WebhookRules,
): WebhookFaults {
  const url = new URL(text);
  const refused = policy.webhooks.refuse(url, tenant);
  return {
    faults: [
      ...(refused ? [{ ...notAllowed, path }] : []),
      ...(canSeal ? [] : [{ ...notSealable, path }]),
    ],
    ...(refused ? { refusal: { reason: refused.reason, origin: url.origin } } : {}),
  };
}

const notAllowed = {
  message: 'is not one to which events may be posted',
  reason: 'webhook-not-allowed',
} as const;

const notSealable = {
  message: 'cannot be kept, there is no key to seal it and its secret',
  reason: 'sealing-not-configured',
} as const;

/** A job's webhook for the store, its URL as it will be asked. */
export function asNewWebhook({ url, secret, types }: JobWebhookInput): NewJobWebhook {
  return { url: new URL(url).href, secret, ...(types === undefined ? {} : { types }) };
}
