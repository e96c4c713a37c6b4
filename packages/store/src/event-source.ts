const prefix = '/bulkwatch/tenants/';

/** The `source` of a tenant's events. */
export const eventSource = (tenant: string): string => prefix + encodeURIComponent(tenant);

/** Whose events have this `source`; undefined where it is none of ours. Names of tenants need no escapes. */
export const tenantOfSource = (source: unknown): string | undefined =>
  typeof source === 'string' && source.startsWith(prefix) ? source.slice(prefix.length) : undefined;
