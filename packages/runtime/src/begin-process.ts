import { systemClock } from './clock.js';
import { runUntilSignal } from './lifecycle.js';
import { type LogLevelControl, openLogLevelControl } from './logging/log-level.js';
import { createLogger, type Logger } from './logging/logger.js';
import { createProblemLog } from './logging/problem-log.js';
import { loadSettings } from './settings/load-settings.js';
import type { Environment } from './settings/read-setting-text.js';
import type { ServiceName } from './settings/setting-row.js';
import type { Settings } from './settings/settings-table.js';
import { loadTracing, type TracingRoom } from './tracing/load-tracing.js';
import type { Tracing } from './tracing/tracing.js';

/** What a process has besides its settings and its logger. */
export interface ProcessParts {
  /** What the settings were read from. */
  readonly env?: Environment;
  /** Undefined where the settings allow no change. */
  readonly logLevel?: LogLevelControl | undefined;
  /** Undefined where it is off. */
  readonly tracing?: Tracing | undefined;
}

export interface BegunProcess {
  readonly settings: Settings;
  readonly logger: Logger;
  readonly parts: ProcessParts;
  /** What a signal calls from now on. Before that there is nothing to be stopped. */
  stopBy(stop: () => Promise<void>): void;
}

/**
 * The start that both services have in common: settings, logger, signals, and what sends traces where that is on.
 *
 * @throws SettingsError with everything that is wrong with the settings.
 */
export async function beginProcess(
  service: ServiceName,
  env: Environment,
  loadTracingRoom: () => Promise<TracingRoom>,
): Promise<BegunProcess> {
  const settings = loadSettings(service, env);
  let tracing: Tracing | undefined;
  const logger = createLogger({
    service,
    level: settings.logLevel,
    ...(settings.tracing && { fields: () => tracing?.logFields() ?? {} }),
  });
  const logLevel = openLogLevelControl(logger, settings);
  // Before anything is waited for: as process 1 of a container, a signal without a handler is ignored.
  let stop = async (): Promise<void> => undefined;
  const graceMs = settings.shutdownGraceMs;
  runUntilSignal({ name: service, stop: () => stop(), graceMs, logger });
  tracing = await loadTracing(service, settings, {
    load: loadTracingRoom,
    onProblem: createProblemLog(logger, systemClock),
  });
  return {
    settings,
    logger,
    parts: { env, logLevel, tracing },
    stopBy(given) {
      stop = given;
    },
  };
}
