import { ConfigurationError } from '@bulkwatch/egress';
import {
  createLogger,
  loadSettings,
  openLogLevelControl,
  refuseToStart,
  runUntilSignal,
} from '@bulkwatch/runtime';
import { RequirementsError, SealKeysError } from '@bulkwatch/store';
import { createApiServer } from './api-server.js';
import { createContext } from './context.js';

try {
  const settings = loadSettings('api', process.env);
  const logger = createLogger({ service: 'api', level: settings.logLevel });
  const logLevel = openLogLevelControl(logger, settings);
  // Before anything is waited for: as process 1 of a container, a signal without a handler is ignored.
  let stop = async (): Promise<void> => undefined;
  runUntilSignal({ name: 'api', stop: () => stop(), graceMs: settings.shutdownGraceMs, logger });
  const api = createApiServer(
    await createContext(settings, logger, { env: process.env, logLevel }),
  );
  stop = api.stop;
  await api.start();
} catch (error) {
  refuseToStart('api', error, [ConfigurationError, RequirementsError, SealKeysError]);
}
