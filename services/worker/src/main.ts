import { ConfigurationError } from '@bulkwatch/egress';
import {
  createLogger,
  loadSettings,
  openLogLevelControl,
  refuseToStart,
  runUntilSignal,
} from '@bulkwatch/runtime';
import { RequirementsError, SealKeysError } from '@bulkwatch/store';
import { createContext } from './context.js';
import { startWorker } from './worker.js';

try {
  const settings = loadSettings('worker', process.env);
  const logger = createLogger({ service: 'worker', level: settings.logLevel });
  const logLevel = openLogLevelControl(logger, settings);
  // Before anything is waited for: as process 1 of a container, a signal without a handler is ignored.
  let stop = async (): Promise<void> => undefined;
  runUntilSignal({ name: 'worker', stop: () => stop(), graceMs: settings.shutdownGraceMs, logger });
  const worker = await startWorker(
    await createContext(settings, logger, { env: process.env, logLevel }),
  );
  stop = () => worker.stop();
} catch (error) {
  refuseToStart('worker', error, [ConfigurationError, RequirementsError, SealKeysError]);
}
