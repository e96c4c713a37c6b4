import type { Pause, Provider, ProviderDetail, ProviderList } from '@bulkwatch/contract';
import { eachOfPages } from './each-of-pages.js';
import type { PageOptions } from './job-calls.js';
import { queryOf } from './query-of.js';
import { readAnswer } from './read-answer.js';
import type { CallOptions, Send } from './send.js';

/**
 * The calls about providers, which are named by their origin (`https://ehr.example.org`). They concern all tenants and
 * are for callers of the tenant `default`. Each is named as its operation in the OpenAPI document.
 */
export interface ProviderCalls {
  /** One page of providers, by origin, and whether everything is paused. */
  listProviders(options?: PageOptions): Promise<ProviderList>;
  /** All providers, page by page as they are taken. */
  eachProvider(options?: PageOptions): AsyncGenerator<Provider, void, void>;
  /** A provider with the scorecard of its last `days`: 7, at most 35. */
  getProvider(
    origin: string,
    options?: CallOptions & { readonly days?: number | undefined },
  ): Promise<ProviderDetail>;
  /** Keeps the jobs of a provider from being polled. */
  pauseProvider(origin: string, options?: CallOptions): Promise<Provider>;
  resumeProvider(origin: string, options?: CallOptions): Promise<Provider>;
  /** Keeps all jobs of all tenants from being polled. */
  pauseEverything(options?: CallOptions): Promise<Pause>;
  resumeEverything(options?: CallOptions): Promise<Pause>;
}

const providerPath = (origin: string): string => `/v1/providers/${encodeURIComponent(origin)}`;

export function createProviderCalls(send: Send): ProviderCalls {
  const change = async (origin: string, word: string, options?: CallOptions) => {
    const path = `${providerPath(origin)}/${word}`;
    return readAnswer<Provider>(await send({ method: 'POST', path }, options), 'origin');
  };
  const changeEverything = async (path: string, options?: CallOptions) =>
    readAnswer<Pause>(await send({ method: 'POST', path }, options), 'pausedAt');
  const listProviders: ProviderCalls['listProviders'] = async ({
    cursor,
    limit,
    ...options
  } = {}) => {
    const query = queryOf({ cursor, limit });
    const answer = await send({ method: 'GET', path: '/v1/providers', query }, options);
    return readAnswer<ProviderList>(answer, 'providers', 'nextCursor');
  };
  return {
    listProviders,
    eachProvider: (options) =>
      eachOfPages(
        (cursor) => listProviders({ ...options, cursor: cursor ?? options?.cursor }),
        ({ providers }) => providers,
      ),
    async getProvider(origin, { days, ...options } = {}) {
      const call = { method: 'GET', path: providerPath(origin), query: queryOf({ days }) } as const;
      return readAnswer<ProviderDetail>(await send(call, options), 'origin', 'scorecard');
    },
    pauseProvider: (origin, options) => change(origin, 'pause', options),
    resumeProvider: (origin, options) => change(origin, 'resume', options),
    pauseEverything: (options) => changeEverything('/v1/pause', options),
    resumeEverything: (options) => changeEverything('/v1/resume', options),
  };
}
