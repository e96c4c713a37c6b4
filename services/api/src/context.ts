import { labelValues } from '@bulkwatch/contract';
import type { PresetBook } from '@bulkwatch/core';
import {
  type LiveCredentialBindings,
  type LiveProviderPolicy,
  loadPresetBook,
  openCredentialBindings,
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
import { type Authenticate, createAuthenticate } from './auth/authenticator.js';
import { type KeySet, loadKeySet } from './auth/load-key-set.js';
import { createEventFeed, type EventFeed } from './events/event-feed.js';
import { createSubscribers, type Subscribers } from './events/subscribers.js';
import { createJobWatch, type JobWatch } from './job-watch.js';
import { createReporter, type Reporter } from './reporter.js';

/** Everything that the api is made of, built once at the start. */
export interface Context {
  readonly settings: Settings;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly logLevel: LogLevelControl | undefined;
  readonly tracing: Tracing | undefined;
  readonly metrics: Metrics<'api'>;
  readonly reporter: Reporter;
  readonly policy: LiveProviderPolicy;
  readonly credentials: LiveCredentialBindings;
  readonly secrets: FollowedSecrets;
  readonly presets: PresetBook;
  readonly store: Store;
  readonly jobWatch: JobWatch;
  readonly eventFeed: EventFeed;
  readonly subscribers: Subscribers;
  readonly keySet: KeySet | undefined;
  readonly authenticate: Authenticate;
}

/**
 * Builds the context from the bottom up.
 *
 * @throws ConfigurationError, SealKeysError, StoreUnavailableError or RequirementsError when the api cannot be
 * started with these settings; nothing is left open then.
 */
export async function createContext(
  settings: Settings,
  logger: Logger,
  { env = {}, logLevel, tracing }: ProcessParts = {},
): Promise<Context> {
  const allowHttp = settings.dangerouslyAllowHttp;
  const metrics = createMetrics({
    service: 'api',
    labelValues,
    onCollectProblem: (error) => logger.warn({ err: error }, 'metrics could not be collected'),
  });
  const reporter = createReporter(logger, metrics);
  const { problem: onProblem } = reporter;
  const secretReloaded = reportSecretFile(logger, metrics);
  const policy = await openProviderPolicy(settings, {
    onReload: (outcome, error) => reporter.tenantsReloaded(outcome, error),
  });
  const credentials = await openCredentialBindings(settings.credentialsFile, {
    allowHttp,
    onReload: (outcome, error) => reporter.credentialsReloaded(outcome, error),
  });
  const presets = await loadPresetBook(settings.presetsFile, settings.providerPresets);
  const keySet = await loadKeySet(settings, {
    policy,
    clock: systemClock,
    onFetch: (outcome) => reporter.issuerKeysFetched(outcome),
    onRefusal: (reason, origin) => reporter.refusedToAsk(reason, origin),
    onReload: (outcome, problem) =>
      secretReloaded({ file: 'BULKWATCH_JWT_JWKS_FILE', outcome, problem }),
  });
  const store = await openStore(settings, 'api', {
    onProblem,
    onWarning: (message) => logger.warn(message),
    onSealKeysReload: (reload) => reportSealKeys(reload, { logger, secretReloaded }),
  });
  return {
    settings,
    clock: systemClock,
    logger,
    logLevel,
    tracing,
    metrics,
    reporter,
    policy,
    credentials,
    secrets: followSecretFiles(settings, env, { onReload: secretReloaded }),
    presets,
    store,
    jobWatch: createJobWatch(store),
    eventFeed: createEventFeed({ store, clock: systemClock, onProblem }),
    subscribers: createSubscribers({ settings, reporter }),
    keySet,
    authenticate: createAuthenticate(settings, {
      keySet,
      apiKeys: store.apiKeys,
      clock: systemClock,
      onProblem,
    }),
  };
}
