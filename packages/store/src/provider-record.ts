import type { CircuitState, Pause, Provider } from '@bulkwatch/contract';
import type { GateLimits } from './gate-limits.js';

/** Fields of a provider's record, and of that of the house, as HGETALL gives them; all of them may be absent. */
export type ProviderHash = Readonly<Record<string, string>>;

/** What a provider's record is read against. */
export interface ProviderSight {
  /** Epoch ms, by Redis's clock. */
  readonly now: number;
  readonly inFlightCount: number;
  /** Of a provider that has none of its own. */
  readonly limits: GateLimits;
}

/** A provider as the API shows it. */
export function presentProvider(
  origin: string,
  hash: ProviderHash,
  { now, inFlightCount, limits }: ProviderSight,
): Provider {
  const waitUntil = numberOf(hash['pausedUntil']);
  return {
    origin,
    openJobCount: Math.max(0, numberOf(hash['openJobs']) ?? 0),
    inFlightCount,
    limits: limitsOf(hash['limits'], limits),
    rampConcurrency: numberOf(hash['window']),
    circuit: circuitOf(hash, now),
    openUntil: isoOf(hash['openUntil']),
    waitUntil: waitUntil !== null && waitUntil > now ? isoOf(hash['pausedUntil']) : null,
    retryAfterMs: numberOf(hash['retryAfterMs']),
    answerMs: roundedOf(hash['serviceMs']),
    ...presentPause(hash),
  };
}

/** What an operator says of a provider, or of the house. */
export const presentPause = (hash: ProviderHash): Pause => ({
  pausedAt: isoOf(hash['operatorPausedAt']),
  pausedBy: hash['operatorPausedBy'] ?? null,
});

/** Three numbers, of which `-` stands for the house's own, as the scripts have them. */
function limitsOf(text: string | undefined, house: GateLimits): GateLimits {
  const [concurrency, perSecond, burst] = (text ?? '- - -')
    .split(' ')
    .map((limit) => (limit === '-' ? undefined : Number(limit)));
  return {
    concurrency: concurrency ?? house.concurrency,
    perSecond: perSecond ?? house.perSecond,
    burst: burst ?? house.burst,
  };
}

/** Half-open from when the next probe is due until it has been answered. */
function circuitOf({ openUntil, probe }: ProviderHash, now: number): CircuitState {
  if (openUntil === undefined) return 'closed';
  return probe !== undefined || now >= Number(openUntil) ? 'half-open' : 'open';
}

const numberOf = (text: string | undefined): number | null =>
  text === undefined ? null : Number(text);

const roundedOf = (text: string | undefined): number | null =>
  text === undefined ? null : Math.round(Number(text));

const isoOf = (text: string | undefined): string | null =>
  text === undefined ? null : new Date(Number(text)).toISOString();
