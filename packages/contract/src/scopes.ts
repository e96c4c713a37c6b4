/** What a caller may do. The one table of scopes: API keys and tokens name them, and each route needs one. */
export const scopes = {
  'jobs:read': 'read jobs, their polls and their manifests',
  'jobs:write': 'register, change and cancel jobs',
  'jobs:acknowledge': 'acknowledge completed jobs',
  'events:read': 'read the events of the tenant',
  'webhooks:read': 'read webhook endpoints and the log of their deliveries',
  'webhooks:write': 'make, change and delete webhook endpoints, test and replay them',
  'providers:write': 'pause and resume providers',
  admin: 'all of these',
} as const;
export type Scope = keyof typeof scopes;
export const scopeNames = Object.keys(scopes) as Scope[];

/** Whether a word is the name of a scope. */
export const isScope = (word: string): word is Scope => Object.hasOwn(scopes, word);
