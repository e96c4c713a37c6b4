import { providerListQuerySchema, providerQuerySchema } from '@bulkwatch/contract';
import { requireDefaultTenant } from './auth/require-default-tenant.js';
import { checkOrigin } from './check-origin.js';
import type { ApiReason } from './problem.js';
import { refuseQuery } from './read-query.js';
import { notModified, type Route } from './route.js';
import { getProvider } from './routes/get-provider.js';
import { listProviders } from './routes/list-providers.js';
import {
  pauseEverything,
  pauseProvider,
  resumeEverything,
  resumeProvider,
} from './routes/pause-provider.js';

/** Of the calls that concern all tenants. */
const ofTheHouse: readonly ApiReason[] = ['default-tenant-only'];

/** The part of the table of calls that is about providers. */
export const providerRoutes: readonly Route[] = [
  {
    method: 'get',
    path: '/v1/providers',
    scope: 'jobs:read',
    name: 'listProviders',
    summary: 'List providers, by origin, and whether everything is paused',
    query: providerListQuerySchema,
    answers: {
      200: { says: 'One page.', body: { schema: 'ProviderList' }, headers: ['Link'] },
      ...notModified,
    },
    reasons: ofTheHouse,
    handlers: (c) => [requireDefaultTenant(c), listProviders(c)],
  },
  {
    method: 'get',
    path: '/v1/providers/:origin',
    scope: 'jobs:read',
    name: 'getProvider',
    summary: 'Read a provider and its scorecard',
    query: providerQuerySchema,
    answers: { 200: { says: 'The provider.', body: { schema: 'ProviderDetail' } }, ...notModified },
    reasons: ofTheHouse,
    handlers: (c) => [requireDefaultTenant(c), checkOrigin, getProvider(c)],
  },
  {
    method: 'post',
    path: '/v1/providers/:origin/pause',
    scope: 'providers:write',
    name: 'pauseProvider',
    summary: 'Keep the jobs of a provider from being polled',
    answers: { 200: { says: 'The provider, which is paused.', body: { schema: 'Provider' } } },
    reasons: ofTheHouse,
    handlers: (c) => [requireDefaultTenant(c), checkOrigin, refuseQuery, pauseProvider(c)],
  },
  {
    method: 'post',
    path: '/v1/providers/:origin/resume',
    scope: 'providers:write',
    name: 'resumeProvider',
    summary: 'Let the jobs of a provider be polled again',
    answers: { 200: { says: 'The provider, which goes on.', body: { schema: 'Provider' } } },
    reasons: ofTheHouse,
    handlers: (c) => [requireDefaultTenant(c), checkOrigin, refuseQuery, resumeProvider(c)],
  },
  {
    method: 'post',
    path: '/v1/pause',
    scope: 'providers:write',
    name: 'pauseEverything',
    summary: 'Keep all jobs of all tenants from being polled',
    answers: { 200: { says: 'Since when, and by whom.', body: { schema: 'Pause' } } },
    reasons: ofTheHouse,
    handlers: (c) => [requireDefaultTenant(c), refuseQuery, pauseEverything(c)],
  },
  {
    method: 'post',
    path: '/v1/resume',
    scope: 'providers:write',
    name: 'resumeEverything',
    summary: 'Let jobs be polled again that are not paused otherwise',
    answers: { 200: { says: 'That nothing holds all back.', body: { schema: 'Pause' } } },
    reasons: ofTheHouse,
    handlers: (c) => [requireDefaultTenant(c), refuseQuery, resumeEverything(c)],
  },
];
