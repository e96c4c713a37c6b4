import { type Provider, type ProviderDetail, type ProviderList } from '@bulkwatch/contract';
import { exportHistory, historyFields } from './export-history.js';
import { dayOf, keys } from './keys.js';
import { type ProviderHash, presentPause, presentProvider } from './provider-record.js';
import { scorecardOf } from './scorecard.js';
import { ask, type StoreContext } from './store-context.js';

const dayMs = 24 * 60 * 60 * 1000;

/** Whether a provider has ever had a job here. */
export const isProvider = async ({ redis }: StoreContext, origin: string): Promise<boolean> =>
  (await ask(redis.sismember(keys.providersIndex, origin))) === 1;

/** One page of all providers, by origin. */
export async function listProviders(
  context: StoreContext,
  { cursor, limit }: { cursor: string | undefined; limit: number },
): Promise<ProviderList> {
  const { redis } = context;
  const [origins, house] = await ask(
    Promise.all([redis.smembers(keys.providersIndex), redis.hgetall(keys.house)]),
  );
  const left = origins.filter((origin) => cursor === undefined || origin > cursor).toSorted();
  const page = left.slice(0, limit);
  const providers = await Promise.all(page.map((origin) => readProvider(context, origin)));
  return {
    providers,
    nextCursor: left.length > limit ? (page.at(-1) ?? null) : null,
    everything: presentPause(house),
  };
}

/** A provider as it is now. */
export const readProvider = async (context: StoreContext, origin: string): Promise<Provider> =>
  (await readRecord(context, origin)).provider;

/** A provider with its past; undefined where it has never had a job. */
export async function readProviderDetail(
  context: StoreContext,
  origin: string,
  days: number,
): Promise<ProviderDetail | undefined> {
  if (!(await isProvider(context, origin))) return undefined;
  const now = context.clock.now();
  const instants = Array.from({ length: days }, (_, age) => now - age * dayMs);
  const [{ provider, hash }, ...hashes] = await Promise.all([
    readRecord(context, origin),
    ...instants.map((at) => ask(context.redis.hgetall(keys.score(origin, at)))),
  ]);
  return {
    ...provider,
    exports: exportHistory(historyFields.map((field) => hash[field])) ?? null,
    scorecard: scorecardOf({ fromDay: dayOf(instants.at(-1) ?? now), toDay: dayOf(now) }, hashes),
  };
}

async function readRecord(
  { redis, clock, limits }: StoreContext,
  origin: string,
): Promise<{ provider: Provider; hash: ProviderHash }> {
  const now = clock.now();
  const [hash, inFlightCount] = await ask(
    Promise.all([
      redis.hgetall(keys.provider(origin)),
      // A lease that nobody gave back has ended by itself.
      redis.zcount(keys.inFlight(origin), now, '+inf'),
    ]),
  );
  const sight = { now, inFlightCount, limits: limits.gate };
  return { provider: presentProvider(origin, hash, sight), hash };
}
