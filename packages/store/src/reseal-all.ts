import { keys } from './keys.js';
import { readSealedManifests, resealManifest, type SealedManifest } from './reseal-manifests.js';
import {
  outcomeOfAll,
  type ResealOutcome,
  resealTriesMax,
  unopenedOutcome,
} from './reseal-outcome.js';
import { scripts } from './scripts.js';
import { type Sealer, sealKeyId } from './seal.js';
import { SealKeysError } from './seal-keys.js';
import { openField, type SealedField, sealContext, sealedFieldNames } from './sealed-fields.js';
import { ask, type StoreContext } from './store-context.js';
import { endpointKeys, resealEndpoint } from './webhooks/reseal-endpoints.js';

/** What re-sealing came to, in records: jobs, and endpoints of webhooks. */
export interface ResealReport {
  /** The key under which everything is now that could be opened. */
  readonly activeKeyId: string;
  /** Those with something sealed. */
  readonly sealed: number;
  readonly resealed: number;
  /** Those that cannot be opened since a key is not on the ring, by the id of that key. They wait for it. */
  readonly missing: ReadonlyMap<string, number>;
  /** Those whose sealed texts were changed or moved by hand: no key opens them. */
  readonly damaged: number;
}

/** Keys that Redis looks at in one step, so that no step holds it up. */
const scanCount = 500;

/**
 * Seals everything that is sealed in Redis with the active key, so that older keys can be taken off the ring. Safe
 * while services run; it can be stopped at any time and begun again, and then passes over what is done.
 * Shared access tokens are left alone: they live for an hour at most.
 *
 * @throws SealKeysError without a key ring, StoreUnavailableError while Redis cannot serve.
 */
export async function resealAll(context: StoreContext): Promise<ResealReport> {
  const { redis, sealer } = context;
  if (!sealer) throw new SealKeysError('seal keys: there is no key ring to seal with');
  const tally = { sealed: 0, resealed: 0, damaged: 0, missing: new Map<string, number>() };
  for await (const found of scanned(redis, keys.job('*')))
    for (const outcome of await resealBatch(context, sealer, found)) count(tally, outcome);
  for await (const found of scanned(redis, endpointKeys))
    for (const key of found) count(tally, await resealEndpoint(context, sealer, key));
  return { activeKeyId: sealer.activeKeyId(), ...tally };
}

/** The keys of a pattern, batch by batch. */
async function* scanned(redis: StoreContext['redis'], pattern: string): AsyncGenerator<string[]> {
  let cursor = '0';
  do {
    const [next, found] = await ask(redis.scan(cursor, 'MATCH', pattern, 'COUNT', scanCount));
    yield found;
    cursor = next;
  } while (cursor !== '0');
}

/** Records together, manifests one after the other: each may be many megabytes. */
async function resealBatch(
  context: StoreContext,
  sealer: Sealer,
  recordKeys: readonly string[],
): Promise<readonly ResealOutcome[]> {
  const jobs = await Promise.all(
    recordKeys.map(async (key) => ({
      key,
      record: await reseal(context, sealer, key),
      manifests: await readSealedManifests(context, jobIdOf(key)),
    })),
  );
  const outcomes: ResealOutcome[] = [];
  for (const { key, record, manifests } of jobs)
    outcomes.push(outcomeOfAll([record, ...(await resealEach(context, sealer, key, manifests))]));
  return outcomes;
}

async function resealEach(
  context: StoreContext,
  sealer: Sealer,
  key: string,
  manifests: readonly SealedManifest[],
): Promise<readonly ResealOutcome[]> {
  if (manifests.length === 0) return [];
  const tenant = (await ask(context.redis.hget(key, 'tenant'))) ?? '';
  const outcomes: ResealOutcome[] = [];
  for (const manifest of manifests)
    outcomes.push(
      await resealManifest(context, sealer, { ...manifest, tenant, jobId: jobIdOf(key) }),
    );
  return outcomes;
}

const jobIdOf = (recordKey: string): string => recordKey.slice(keys.job('').length);

function count(
  tally: { sealed: number; resealed: number; damaged: number; missing: Map<string, number> },
  outcome: ResealOutcome,
): void {
  if (outcome.kind === 'nothing-sealed') return;
  tally.sealed += 1;
  if (outcome.kind === 'resealed') tally.resealed += 1;
  if (outcome.kind === 'damaged') tally.damaged += 1;
  if (outcome.kind === 'missing')
    tally.missing.set(outcome.keyId, (tally.missing.get(outcome.keyId) ?? 0) + 1);
}

async function reseal(context: StoreContext, sealer: Sealer, key: string): Promise<ResealOutcome> {
  for (let tries = 0; tries < resealTriesMax; tries += 1) {
    const judged = judge(sealer, key, await readSealed(context, key));
    if (judged.kind !== 'outdated') return judged;
    const [kind] = await scripts.resealJob(context.redis, { job: key }, {}, judged.swaps);
    if (kind === 'resealed') return { kind };
  }
  throw new Error(`${key} changed ${resealTriesMax} times while it was being sealed anew`);
}

interface SealedTexts {
  readonly tenant: string;
  readonly provider: string;
  readonly texts: readonly (readonly [field: SealedField, text: string])[];
}

async function readSealed({ redis }: StoreContext, key: string): Promise<SealedTexts> {
  const [tenant, provider, ...texts] = await ask(
    redis.hmget(key, 'tenant', 'provider', ...sealedFieldNames),
  );
  return {
    tenant: tenant ?? '',
    provider: provider ?? '',
    texts: sealedFieldNames
      .map((field, index) => [field, texts[index] ?? ''] as const)
      .filter(([, text]) => sealKeyId(text) !== undefined),
  };
}

/** What is to be done about a record; nothing at all where a part of it cannot be opened. */
function judge(
  sealer: Sealer,
  key: string,
  { tenant, provider, texts }: SealedTexts,
): ResealOutcome | { readonly kind: 'outdated'; readonly swaps: readonly string[] } {
  if (texts.length === 0) return { kind: 'nothing-sealed' };
  const record = { tenant, provider, jobId: jobIdOf(key) };
  const swaps: string[] = [];
  for (const [field, text] of texts) {
    const opened = openField(sealer, { ...record, field, text });
    if (opened.kind === 'unopenable') return unopenedOutcome(sealer, opened.keyId);
    if (sealKeyId(text) === sealer.activeKeyId()) continue;
    swaps.push(field, text, sealer.seal(opened.text, sealContext(field, record)));
  }
  return swaps.length === 0 ? { kind: 'current' } : { kind: 'outdated', swaps };
}
