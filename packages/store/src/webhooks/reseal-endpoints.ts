import { type ResealOutcome, resealTriesMax, unopenedOutcome } from '../reseal-outcome.js';
import { scripts } from '../scripts.js';
import { type Sealer, sealKeyId } from '../seal.js';
import { ask, type StoreContext } from '../store-context.js';
import { openSecret, openUrl, sealSecret, sealUrl } from './webhook-fields.js';
import { webhookKeys } from './webhook-keys.js';

/** The fields of an endpoint that hold sealed text, and how each is opened and sealed. */
const fields = [
  ['sealedWebhookUrl', openUrl, sealUrl],
  ['sealedWebhookSecret', openSecret, sealSecret],
  ['sealedPreviousSecret', openSecret, sealSecret],
] as const;

export const endpointKeys = webhookKeys.endpoint('*');

/** Seals with the active key what an endpoint has sealed with an older one. */
export async function resealEndpoint(
  { redis }: Pick<StoreContext, 'redis'>,
  sealer: Sealer,
  key: string,
): Promise<ResealOutcome> {
  const owner = { id: key.slice(webhookKeys.endpoint('').length) };
  for (let tries = 0; tries < resealTriesMax; tries += 1) {
    const [tenant, ...texts] = await ask(
      redis.hmget(key, 'tenant', ...fields.map(([field]) => field)),
    );
    const judged = judge(sealer, { ...owner, tenant: tenant ?? '' }, texts);
    if (judged.kind !== 'outdated') return judged;
    const [kind] = await scripts.resealJob(redis, { job: key }, {}, judged.swaps);
    if (kind === 'resealed') return { kind };
  }
  throw new Error(`${key} changed ${resealTriesMax} times while it was being sealed anew`);
}

function judge(
  sealer: Sealer,
  owner: { readonly id: string; readonly tenant: string },
  texts: readonly (string | null)[],
): ResealOutcome | { readonly kind: 'outdated'; readonly swaps: readonly string[] } {
  const swaps: string[] = [];
  for (const [at, [field, open, seal]] of fields.entries()) {
    const text = texts[at] ?? '';
    const keyId = sealKeyId(text);
    if (keyId === undefined) continue;
    const opened = open(sealer, owner, text);
    if (opened === undefined) return unopenedOutcome(sealer, keyId);
    if (keyId !== sealer.activeKeyId()) swaps.push(field, text, seal(sealer, owner, opened));
  }
  return swaps.length === 0 ? { kind: 'current' } : { kind: 'outdated', swaps };
}
