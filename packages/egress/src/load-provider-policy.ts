import type { Settings } from '@bulkwatch/runtime';
import { createProviderPolicy, type ProviderPolicy } from './provider-policy.js';
import { loadTenantOrigins } from './tenant-origins.js';

/**
 * The policy that the settings ask for.
 *
 * @throws ConfigurationError with every problem of the tenants file.
 */
export async function loadProviderPolicy(
  settings: Pick<
    Settings,
    | 'providerOrigins'
    | 'privateOrigins'
    | 'tenantsFile'
    | 'dangerouslyAllowHttp'
    | 'dangerouslyAllowAnyPublicOrigin'
  >,
): Promise<ProviderPolicy> {
  const allowHttp = settings.dangerouslyAllowHttp;
  return createProviderPolicy({
    origins: settings.providerOrigins,
    originsByTenant: await loadTenantOrigins(settings.tenantsFile, { allowHttp }),
    privateOrigins: settings.privateOrigins,
    allowHttp,
    allowAnyPublicOrigin: settings.dangerouslyAllowAnyPublicOrigin,
  });
}
