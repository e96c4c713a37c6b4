import { ConfigurationError } from '@bulkwatch/egress';
import { beginProcess, refuseToStart } from '@bulkwatch/runtime';
import { RequirementsError, SealKeysError } from '@bulkwatch/store';
import { createApiServer } from './api-server.js';
import { createContext } from './context.js';

try {
  const { settings, logger, parts, stopBy } = await beginProcess(
    'api',
    process.env,
    () => import('@bulkwatch/tracing'),
  );
  const api = createApiServer(await createContext(settings, logger, parts));
  stopBy(api.stop);
  await api.start();
} catch (error) {
  refuseToStart('api', error, [ConfigurationError, RequirementsError, SealKeysError]);
}
