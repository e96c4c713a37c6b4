import { Webhook } from 'standardwebhooks';

/** What a receiver needs to know a post for ours and to drop what it has seen. */
export interface SignedHeaders {
  readonly 'webhook-id': string;
  /** Of the attempt, in seconds. */
  readonly 'webhook-timestamp': string;
  /** One signature for each secret. */
  readonly 'webhook-signature': string;
}

/** Signs a post as Standard Webhooks 1.0 has it. The secrets are `whsec_` and base64, one at least; `at` is epoch ms. */
export function signWebhook(
  { id, body, secrets }: { id: string; body: string; secrets: readonly string[] },
  at: number,
): SignedHeaders {
  const time = new Date(at);
  return {
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(at / 1000)),
    'webhook-signature': secrets
      .map((secret) => new Webhook(secret).sign(id, time, body))
      .join(' '),
  };
}
