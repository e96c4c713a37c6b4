import type { Provider, ScoredOutcome } from '@bulkwatch/contract';
import type { ScriptReply } from '../define-script.js';
import { keys } from '../keys.js';
import { presentProvider } from '../provider-record.js';
import { ask, type StoreContext } from '../store-context.js';
import { slicesOf } from './fleet-figures.js';
import { fleetScripts } from './fleet-scripts.js';

/** A provider, and its polls of this day (UTC) by how they went. */
export interface ProviderFigures extends Provider {
  readonly polls: readonly (readonly [outcome: ScoredOutcome, count: number])[];
}

/** The providers with open jobs: those that have the most of them each, the others together. */
export interface ProvidersFigures {
  readonly most: readonly ProviderFigures[];
  readonly others: readonly Provider[];
}

/** Fields of a provider's record that its figures are of. */
const fields = [
  'openJobs',
  'limits',
  'window',
  'openUntil',
  'probe',
  'operatorPausedAt',
  'retryAfterMs',
] as const;

/** Reads the figures of all providers that have open jobs, of `mostCount` of them with their polls. */
export async function readProvidersFigures(
  context: StoreContext,
  mostCount: number,
): Promise<ProvidersFigures> {
  const { redis } = context;
  const origins = await ask(redis.smembers(keys.providersIndex));
  const found: Provider[] = [];
  for (const slice of slicesOf(origins)) {
    const rest = [...fields, ...slice];
    const reply = await fleetScripts.readProviders(
      redis,
      { providers: keys.providers },
      { fields: fields.length },
      rest,
    );
    found.push(...providersIn(context, reply));
  }
  const ranked = found.toSorted(
    (a, b) => b.openJobCount - a.openJobCount || (a.origin < b.origin ? -1 : 1),
  );
  const most = ranked.slice(0, mostCount);
  return {
    most: await Promise.all(
      most.map(async (provider) => ({ ...provider, polls: await pollsOf(context, provider) })),
    ),
    others: ranked.slice(mostCount),
  };
}

/** Reads what read-providers.lua gives. */
function providersIn({ clock, limits }: StoreContext, reply: ScriptReply): Provider[] {
  const length = fields.length + 2;
  return Array.from({ length: reply.length / length }, (_, place) => {
    const [origin, inFlight, ...values] = reply.slice(place * length, (place + 1) * length);
    const hash = Object.fromEntries(
      fields.flatMap((field, n) => (values[n] === '' ? [] : [[field, String(values[n])]])),
    );
    const sight = { now: clock.now(), inFlightCount: Number(inFlight), limits: limits.gate };
    return presentProvider(String(origin), hash, sight);
  });
}

async function pollsOf(
  { redis, clock }: StoreContext,
  { origin }: Provider,
): Promise<ProviderFigures['polls']> {
  const score = keys.score(origin, clock.now());
  const reply = await fleetScripts.readPollCounts(redis, { score }, {});
  return Array.from({ length: reply.length / 2 }, (_, place) => [
    reply[2 * place] as ScoredOutcome,
    Number(reply[2 * place + 1]),
  ]);
}
