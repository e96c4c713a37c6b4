import { hostname } from 'node:os';
import { type Settings, version } from '@bulkwatch/runtime';
import type { StoreRole } from './connection.js';
import { createStore, type Store } from './create-store.js';
import { redisOf } from './redis/redis-server.js';
import { RequirementsError } from './requirements-error.js';
import type { SealKeysReload } from './seal-keys.js';

/** A claim's lease outlives its request by this, in ms: room for reading a large answer, and some to spare. */
const leaseMarginMs = 12_000;

const nothingSealed =
  'BULKWATCH_SEAL_KEYS_FILE is not set: manifests, and what status URLs carry in their query, are stored in clear.';

/**
 * Opens the store as the settings say and checks what Redis must be. Throws RequirementsError when
 * Redis cannot be reached in time or is unfit, or holds data that is not for this release, SealKeysError when the key file is wrong.
 */
export async function openStore(
  settings: Settings,
  role: StoreRole,
  report: {
    onProblem: (what: string, error: unknown) => void;
    onWarning: (message: string) => void;
    onSealKeysReload?: (reload: SealKeysReload) => void;
  },
): Promise<Store> {
  const store = await createStore({
    ...redisOf(settings),
    role,
    connectTimeoutMs: settings.redisConnectTimeoutMs,
    sealKeysFile: settings.sealKeysFile,
    limits: {
      trackingDeadlineMs: settings.trackingDeadlineMs,
      eventsMaxLength: settings.eventsMaxLength,
      timelineLength: settings.timelineLength,
      eventManifestMaxBytes: settings.eventManifestMaxBytes,
      expiringThresholdsMs: settings.expiringThresholdsMs,
      requestBudgetMs: settings.sendBudgetMs + settings.requestTimeoutMs + leaseMarginMs,
      retryAfterFloorMs: settings.retryAfterFloorMs,
      gate: {
        concurrency: settings.providerConcurrency,
        perSecond: settings.providerRate,
        burst: settings.providerBurst,
      },
      circuit: {
        failures: settings.circuitFailures,
        probeFirstMs: settings.circuitProbeFirstMs,
        probeLongestMs: settings.circuitProbeLongestMs,
      },
      webhooks: {
        endpointsMax: settings.webhookEndpointsMax,
        bodyMaxBytes: settings.webhookBodyMaxBytes,
        logRetentionMs: settings.webhookLogRetentionMs,
        logLength: settings.webhookLogLength,
      },
    },
    replication:
      settings.service === 'api' && settings.replicas > 0
        ? { replicas: settings.replicas, timeoutMs: settings.replicasTimeoutMs }
        : undefined,
    inlineSignedUrls: settings.dangerouslyInlineSignedUrls,
    healthEvents: settings.healthEvents,
    onSealKeysReload: report.onSealKeysReload,
    onProblem: report.onProblem,
  });
  try {
    const { errors, warnings } = await store.requirements();
    for (const warning of warnings) report.onWarning(warning);
    if (!store.canSeal && settings.service !== 'cli') report.onWarning(nothingSealed);
    if (errors.length > 0) throw new RequirementsError(errors);
    const { service } = settings;
    await store.schema.join({ service, release: version, host: hostname(), pid: process.pid });
    return store;
  } catch (error) {
    await store.close();
    throw error;
  }
}
