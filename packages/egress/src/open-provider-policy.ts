import type { Settings } from '@bulkwatch/runtime';
import { type Following, type FollowOptions, followFiles } from './follow-files.js';
import { createProviderPolicy, type ProviderPolicy } from './provider-policy.js';
import { loadTenantOrigins } from './tenant-origins.js';

/** A policy that follows the tenants file; `webhooks` is the one for where events are posted. */
export type LiveProviderPolicy = ProviderPolicy & Following & { readonly webhooks: ProviderPolicy };

type PolicySettings = Pick<
  Settings,
  | 'providerOrigins'
  | 'privateOrigins'
  | 'webhookOrigins'
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
  const { current, ...following } = await followFiles(async (readText) => {
    const own = await loadTenantOrigins(settings.tenantsFile, { allowHttp, readText });
    const { privateOrigins } = settings;
    return {
      providers: createProviderPolicy({
        origins: settings.providerOrigins,
        originsByTenant: own.providers,
        privateOrigins,
        allowHttp,
        allowAnyPublicOrigin: settings.dangerouslyAllowAnyPublicOrigin,
      }),
      webhooks: createProviderPolicy({
        origins: settings.webhookOrigins ?? [],
        originsByTenant: own.webhooks,
        privateOrigins,
        allowHttp,
      }),
    };
  }, options);
  return {
    ...following,
    ...follow(() => current().providers),
    webhooks: follow(() => current().webhooks),
  };
}

const follow = (current: () => ProviderPolicy): ProviderPolicy => ({
  refuse: (url, tenant) => current().refuse(url, tenant),
  judge: (url, tenant) => current().judge(url, tenant),
  trustIn: (origin) => current().trustIn(origin),
});
