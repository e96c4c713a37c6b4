import { labelValues } from '@bulkwatch/contract';
import { defaultPolicy, type PresetBook, type TrackingPolicy } from '@bulkwatch/core';
import {
  createEgress,
  type Egress,
  type LiveCredentialBook,
  type LiveProviderPolicy,
  loadPresetBook,
  openCredentialBook,
  openProviderPolicy,
} from '@bulkwatch/egress';
import {
  type Clock,
  createMetrics,
  type FollowedSecrets,
  followSecretFiles,
  type Logger,
  type LogLevelControl,
  type Metrics,
  type ProcessParts,
  reportSecretFile,
  type Settings,
  systemClock,
  type Tracing,
} from '@bulkwatch/runtime';
import { openStore, reportSealKeys, type Store } from '@bulkwatch/store';
import { createReader, type Reader } from './reader.js';
import { createReporter, type Reporter } from './reporter.js';

export interface WorkerContext {
  readonly settings: Settings;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly logLevel: LogLevelControl | undefined;
  readonly tracing: Tracing | undefined;
  readonly metrics: Metrics<'worker'>;
  readonly reporter: Reporter;
  readonly store: Store;
  readonly egress: Egress;
  readonly providers: LiveProviderPolicy;
  readonly credentials: LiveCredentialBook;
  readonly secrets: FollowedSecrets;
  readonly presets: PresetBook;
  readonly reader: Reader;
  readonly policy: TrackingPolicy;
  readonly dice: () => number;
}

/**
 * Builds what the worker runs on, bottom up; `env` may hold secrets that the credentials file names. Rejects when
 * settings files are wrong or Redis is not to be had.
 */
export async function createContext(
  settings: Settings,
  logger: Logger,
  { env = {}, logLevel, tracing }: ProcessParts,
): Promise<WorkerContext> {
  const metrics = createMetrics({
    service: 'worker',
    labelValues,
    onCollectProblem: (error) => reporter.problem('metrics', error),
  });
  const reporter = createReporter(logger, metrics);
  const secretReloaded = reportSecretFile(logger, metrics);
  const allowHttp = settings.dangerouslyAllowHttp;
  const providers = await openProviderPolicy(settings, {
    onReload: (outcome, error) => reporter.tenantsReloaded(outcome, error),
  });
  const credentials = await openCredentialBook(settings.credentialsFile, {
    allowHttp,
    env,
    onReload: (outcome, error) => reporter.credentialsReloaded(outcome, error),
  });
  const presets = await loadPresetBook(settings.presetsFile, settings.providerPresets);
  const store = await openStore(settings, 'worker', {
    onProblem: (what, error) => reporter.problem(what, error),
    onWarning: (message) => logger.warn(message),
    onSealKeysReload: (reload) => reportSealKeys(reload, { logger, secretReloaded }),
  });
  const egress = createEgress({
    policy: providers,
    credentials,
    clock: systemClock,
    requestTimeoutMs: settings.requestTimeoutMs,
    bodyMaxBytes: settings.manifestMaxBytes,
    connectionsPerProvider: settings.providerConnections,
    proxy: settings.egressProxy,
    onRefusal: (reason, origin) => reporter.refused(reason, origin),
    vault: store.tokens,
    onTokenRequest: (outcome) => reporter.tokenRequested(outcome),
    onProblem: (what, error) => reporter.problem(what, error),
  });
  const policy: TrackingPolicy = {
    ...defaultPolicy,
    floorMs: settings.retryAfterFloorMs,
    ceilingMs: settings.retryAfterCeilingMs,
    pagesBytesMax: settings.manifestMaxBytes,
  };
  const gates = presets.origins().map((origin) => [origin, presets.ofOrigin(origin).gate] as const);
  await store.providers.limit(new Map(gates));
  return {
    settings,
    clock: systemClock,
    logger,
    logLevel,
    tracing,
    metrics,
    reporter,
    store,
    egress,
    providers,
    credentials,
    secrets: followSecretFiles(settings, env, { onReload: secretReloaded }),
    presets,
    reader: createReader(),
    policy,
    dice: Math.random,
  };
}
