import { anomalies, eventWords, jobStates, reasonNames } from '@bulkwatch/contract';
import type { PresetBook } from '@bulkwatch/core';
import {
  type CredentialBook,
  createProviderPolicy,
  loadCredentialBook,
  loadPresetBook,
  type ProviderPolicy,
} from '@bulkwatch/egress';
import {
  type Clock,
  createMetrics,
  type Logger,
  type Metrics,
  type Settings,
  systemClock,
} from '@bulkwatch/runtime';
import { openStore, type Store } from '@bulkwatch/store';
import { createJobWatch, type JobWatch } from './job-watch.js';
import { createReporter, type Reporter } from './reporter.js';

/** Everything that the api is made of, built once at the start. */
export interface Context {
  readonly settings: Settings;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics<'api'>;
  readonly reporter: Reporter;
  readonly policy: ProviderPolicy;
  readonly credentials: CredentialBook;
  readonly presets: PresetBook;
  readonly store: Store;
  readonly jobWatch: JobWatch;
}

/**
 * Builds the context from the bottom up.
 *
 * @throws ConfigurationError, SealKeysError, StoreUnavailableError or RequirementsError when the api cannot be
 * started with these settings; nothing is left open then.
 */
export async function createContext(settings: Settings, logger: Logger): Promise<Context> {
  const allowHttp = settings.dangerouslyAllowHttp;
  const policy = createProviderPolicy({ origins: settings.providerOrigins, allowHttp });
  const credentials = await loadCredentialBook(settings.credentialsFile, { allowHttp });
  const presets = await loadPresetBook(settings.presetsFile, settings.providerPresets);
  const metrics = createMetrics({
    service: 'api',
    labelValues: {
      reason: reasonNames,
      state: jobStates,
      event: eventWords,
      anomaly: anomalies,
    },
    onCollectProblem: (error) => logger.warn({ err: error }, 'metrics could not be collected'),
  });
  const reporter = createReporter(logger, metrics);
  const store = await openStore(settings, 'api', {
    onProblem: (what, error) => reporter.problem(what, error),
    onWarning: (message) => logger.warn(message),
  });
  return {
    settings,
    clock: systemClock,
    logger,
    metrics,
    reporter,
    policy,
    credentials,
    presets,
    store,
    jobWatch: createJobWatch(store),
  };
}
