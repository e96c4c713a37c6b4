import { isLoopbackHost } from './loopback-host.js';
import { coversOrigin } from './origin-pattern.js';
import { crossCheckRedis } from './redis-cross-checks.js';
import type { SettingsProblem } from './settings-error.js';
import type { SettingValues } from './settings-table.js';

/** What could be read so far; a setting with a problem of its own is missing and judged no further. */
type ReadValues = Partial<SettingValues>;

/** Problems of settings that are fine by themselves but not together. */
export function crossCheck(values: ReadValues): SettingsProblem[] {
  return [
    ...refuseAbove(values, ['retryAfterFloorMs', 'retryAfterCeilingMs'], {
      env: 'BULKWATCH_RETRY_AFTER_FLOOR',
      message: 'must not be above BULKWATCH_RETRY_AFTER_CEILING',
    }),
    ...refuseAbove(values, ['apiBodyMaxBytes', 'apiBatchMaxBytes'], {
      env: 'BULKWATCH_API_BODY_MAX',
      message: 'must not be above BULKWATCH_API_BATCH_MAX',
    }),
    ...refuseAbove(values, ['eventManifestMaxBytes', 'manifestMaxBytes'], {
      env: 'BULKWATCH_EVENT_MANIFEST_MAX',
      message: 'must not be above BULKWATCH_MANIFEST_MAX',
    }),
    ...refuseAbove(values, ['eventsKeepLength', 'eventsMaxLength'], {
      env: 'BULKWATCH_EVENTS_KEEP_LENGTH',
      message: 'must not be above BULKWATCH_EVENTS_MAX_LENGTH',
    }),
    ...refuseForgottenDeliveries(values),
    ...refuseLongGoodbye(values),
    ...refuseAbove(values, ['retentionPollsMs', 'retentionJobsMs'], {
      env: 'BULKWATCH_RETENTION_POLLS',
      message: 'must not be above BULKWATCH_RETENTION_JOBS',
    }),
    ...refuseAbove(values, ['retentionManifestsMs', 'retentionJobsMs'], {
      env: 'BULKWATCH_RETENTION_MANIFESTS',
      message: 'must not be above BULKWATCH_RETENTION_JOBS',
    }),
    ...crossCheckRedis(values),
    ...refuseHttpOrigins(values),
    ...refuseUnlistedOrigins(values),
    ...refuseSharedPort(values),
    ...refuseOpenDoor(values),
    ...refuseHalfIssuer(values),
  ];
}

type NumberKey = {
  [K in keyof SettingValues]-?: SettingValues[K] extends number | undefined ? K : never;
}[keyof SettingValues];

function refuseAbove(
  values: ReadValues,
  [lower, upper]: readonly [NumberKey, NumberKey],
  problem: SettingsProblem,
): SettingsProblem[] {
  const low = values[lower];
  const high = values[upper];
  return low !== undefined && high !== undefined && low > high ? [problem] : [];
}

/** A delivery must not be forgotten while attempts are still to come. */
function refuseForgottenDeliveries({
  webhookRetryDelaysMs,
  webhookLogRetentionMs,
}: ReadValues): SettingsProblem[] {
  if (!webhookRetryDelaysMs || webhookLogRetentionMs === undefined) return [];
  const lastingMs = webhookRetryDelaysMs.reduce((sum, delayMs) => sum + 1.1 * delayMs, 0);
  if (lastingMs <= webhookLogRetentionMs) return [];
  const message = 'must not be shorter than BULKWATCH_WEBHOOK_RETRIES last, with a tenth added';
  return [{ env: 'BULKWATCH_WEBHOOK_LOG_RETENTION', message }];
}

/** What is under way has to be answered after the delay. */
function refuseLongGoodbye({ shutdownDelayMs, shutdownGraceMs }: ReadValues): SettingsProblem[] {
  if (shutdownDelayMs === undefined || shutdownGraceMs === undefined) return [];
  if (shutdownDelayMs < shutdownGraceMs) return [];
  return [{ env: 'BULKWATCH_SHUTDOWN_DELAY', message: 'must be below BULKWATCH_SHUTDOWN_GRACE' }];
}

function refuseHttpOrigins(values: ReadValues): SettingsProblem[] {
  const { providerOrigins = [], privateOrigins = [], webhookOrigins = [] } = values;
  const { dangerouslyAllowHttp } = values;
  if (dangerouslyAllowHttp !== false) return [];
  const message = 'holds an http origin: expected https, or BULKWATCH_DANGEROUSLY_ALLOW_HTTP=true';
  const hasHttp = (origins: readonly string[]): boolean =>
    origins.some((origin) => origin.startsWith('http:'));
  return [
    ...(hasHttp(providerOrigins) ? [{ env: 'BULKWATCH_PROVIDER_ORIGINS', message }] : []),
    ...(hasHttp(privateOrigins) ? [{ env: 'BULKWATCH_PRIVATE_ORIGINS', message }] : []),
    ...(hasHttp(webhookOrigins) ? [{ env: 'BULKWATCH_WEBHOOK_ORIGINS', message }] : []),
  ];
}

/** Most likely a typing error, unless a provider can be allowed in other ways than by the list. */
function refuseUnlistedOrigins(values: ReadValues): SettingsProblem[] {
  const { providerOrigins, providerPresets, tenantsFile, dangerouslyAllowAnyPublicOrigin } = values;
  if (!providerOrigins || !providerPresets) return [];
  if (tenantsFile !== undefined || dangerouslyAllowAnyPublicOrigin !== false) return [];
  return [...providerPresets.keys()].flatMap((origin, index) => {
    if (providerOrigins.some((pattern) => coversOrigin(pattern, origin))) return [];
    const message = `entry ${index + 1} has an origin that BULKWATCH_PROVIDER_ORIGINS does not list`;
    return [{ env: 'BULKWATCH_PROVIDER_PRESETS', message }];
  });
}

function refuseSharedPort({ apiPort, apiOpsPort }: ReadValues): SettingsProblem[] {
  if (!apiPort || apiPort !== apiOpsPort) return [];
  return [{ env: 'BULKWATCH_API_OPS_PORT', message: 'must differ from BULKWATCH_API_PORT' }];
}

/** Without authentication, whoever can connect is let in. */
function refuseOpenDoor({
  dangerouslyAllowAnonymous,
  apiHost,
  ...rest
}: ReadValues): SettingsProblem[] {
  if (!dangerouslyAllowAnonymous) return [];
  const env = 'BULKWATCH_DANGEROUSLY_ALLOW_ANONYMOUS';
  if (apiHost !== undefined && !isLoopbackHost(apiHost))
    return [{ env, message: 'must not be true where BULKWATCH_API_HOST is not loopback' }];
  if (rest.jwtIssuer !== undefined)
    return [{ env, message: 'must not be true together with BULKWATCH_JWT_ISSUER' }];
  return rest.apiTrustedProxies === undefined
    ? []
    : [{ env, message: 'must not be true together with BULKWATCH_API_TRUSTED_PROXIES' }];
}

/** A token can be verified only when all is known of its issuer. */
function refuseHalfIssuer(values: ReadValues): SettingsProblem[] {
  const { jwtIssuer, jwtAudience, jwtJwksUrl, jwtJwksFile } = values;
  const given = [jwtIssuer, jwtAudience, jwtJwksUrl ?? jwtJwksFile];
  if (given.every((value) => value === undefined)) return [];
  if (jwtJwksUrl !== undefined && jwtJwksFile !== undefined)
    return [
      { env: 'BULKWATCH_JWT_JWKS_FILE', message: 'is set together with BULKWATCH_JWT_JWKS_URL' },
    ];
  const names = ['BULKWATCH_JWT_ISSUER', 'BULKWATCH_JWT_AUDIENCE', 'BULKWATCH_JWT_JWKS_URL'];
  return names
    .filter((_, index) => given[index] === undefined)
    .map((env) => ({ env, message: 'must be set, since tokens are to be taken' }));
}
