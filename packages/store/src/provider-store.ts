import type { Pause, Provider, ProviderDetail, ProviderList } from '@bulkwatch/contract';
import { type ProvidersFigures, readProvidersFigures } from './fleet/provider-figures.js';
import type { OwnLimits } from './gate-limits.js';
import { limitProviders } from './limit-providers.js';
import { setHousePause, setProviderPause } from './operator-pause.js';
import { listProviders, readProviderDetail } from './read-providers.js';
import type { StoreContext } from './store-context.js';

/**
 * The providers of all tenants, and what an operator does with them. Undefined stands for a provider that has never
 * had a job. All of it rejects with StoreUnavailableError while Redis cannot serve.
 */
export interface ProviderStore {
  /** By origin; the cursor is the origin after which the page begins. */
  list(page: { cursor: string | undefined; limit: number }): Promise<ProviderList>;
  /** With the scorecard of so many days, today's included. */
  get(origin: string, days: number): Promise<ProviderDetail | undefined>;
  /** Keeps the jobs of a provider from being polled until it is resumed. `by` says who asks. */
  pause(origin: string, by: string): Promise<Provider | undefined>;
  resume(origin: string): Promise<Provider | undefined>;
  /** The same for all providers at once; those that are paused themselves stay so when this ends. */
  pauseAll(by: string): Promise<Pause>;
  resumeAll(): Promise<Pause>;
  /** What the metrics tell of them: of so many each, the most open jobs first, and of the others together. */
  figures(mostCount: number): Promise<ProvidersFigures>;
  /** Sets the limits that providers have of their own; for those that are not named the house's hold. */
  limit(limitsByOrigin: ReadonlyMap<string, OwnLimits>): Promise<void>;
}

export const createProviderStore = (context: StoreContext): ProviderStore => ({
  list: (page) => listProviders(context, page),
  get: (origin, days) => readProviderDetail(context, origin, days),
  pause: (origin, by) => setProviderPause(context, origin, by),
  resume: (origin) => setProviderPause(context, origin, undefined),
  pauseAll: (by) => setHousePause(context, by),
  resumeAll: () => setHousePause(context, undefined),
  figures: (mostCount) => readProvidersFigures(context, mostCount),
  limit: (limitsByOrigin) => limitProviders(context, limitsByOrigin),
});
