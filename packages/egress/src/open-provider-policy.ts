import type { Settings } from '@bulkwatch/runtime';
import { type Following, type FollowOptions, followFiles } from './follow-files.js';
import { createProviderPolicy, type ProviderPolicy } from './provider-policy.js';
import { loadTenantOrigins } from './tenant-origins.js';

/** A policy that follows the tenants file. */
export type LiveProviderPolicy = ProviderPolicy & Following;

type PolicySettings = Pick<
  Settings,
  | 'providerOrigins'
  | 'privateOrigins'
  | 'tenantsFile'
  | 'dangerouslyAllowHttp'
  | 'dangerouslyAllowAnyPublicOrigin'
>;

/**
 * The policy that the settings ask for. A changed tenants file counts from the next request on, also for jobs that
 * are being tracked.
 *
 * @throws ConfigurationError with every problem of the first version of the tenants file.
 */
export async function openProviderPolicy(
  settings: PolicySettings,
  options: FollowOptions,
): Promise<LiveProviderPolicy> {
  const allowHttp = settings.dangerouslyAllowHttp;
  const { current, ...following } = await followFiles(
    async (readText) =>
      createProviderPolicy({
        origins: settings.providerOrigins,
        originsByTenant: await loadTenantOrigins(settings.tenantsFile, { allowHttp, readText }),
        privateOrigins: settings.privateOrigins,
        allowHttp,
        allowAnyPublicOrigin: settings.dangerouslyAllowAnyPublicOrigin,
      }),
    options,
  );
  return {
    ...following,
    refuse: (url, tenant) => current().refuse(url, tenant),
    judge: (url, tenant) => current().judge(url, tenant),
    trustIn: (origin) => current().trustIn(origin),
  };
}
