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
    ...refuseHttpOrigins(values),
    ...refuseUnlistedOrigins(values),
    ...refuseSharedPort(values),
  ];
}

type NumberKey = {
  [K in keyof SettingValues]-?: SettingValues[K] extends number ? K : never;
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

function refuseHttpOrigins({
  providerOrigins,
  dangerouslyAllowHttp,
}: ReadValues): SettingsProblem[] {
  const hasHttp = providerOrigins?.some((origin) => origin.startsWith('http:')) ?? false;
  if (!hasHttp || dangerouslyAllowHttp !== false) return [];
  const message = 'holds an http origin: expected https, or BULKWATCH_DANGEROUSLY_ALLOW_HTTP=true';
  return [{ env: 'BULKWATCH_PROVIDER_ORIGINS', message }];
}

function refuseUnlistedOrigins({
  providerOrigins,
  providerPresets,
}: ReadValues): SettingsProblem[] {
  if (!providerOrigins || !providerPresets) return [];
  return [...providerPresets.keys()].flatMap((origin, index) => {
    if (providerOrigins.includes(origin)) return [];
    const message = `entry ${index + 1} has an origin that BULKWATCH_PROVIDER_ORIGINS does not list`;
    return [{ env: 'BULKWATCH_PROVIDER_PRESETS', message }];
  });
}

function refuseSharedPort({ apiPort, apiOpsPort }: ReadValues): SettingsProblem[] {
  if (!apiPort || apiPort !== apiOpsPort) return [];
  return [{ env: 'BULKWATCH_API_OPS_PORT', message: 'must differ from BULKWATCH_API_PORT' }];
}
