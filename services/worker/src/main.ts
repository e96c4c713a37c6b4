import { ConfigurationError } from '@bulkwatch/egress';
import { beginProcess, refuseToStart } from '@bulkwatch/runtime';
import { RequirementsError, SealKeysError } from '@bulkwatch/store';
import { createContext } from './context.js';
import { startWorker } from './worker.js';

try {
  const { settings, logger, parts, stopBy } = await beginProcess(
    'worker',
    process.env,
    () => import('@bulkwatch/tracing'),
  );
  const worker = await startWorker(await createContext(settings, logger, parts));
  stopBy(() => worker.stop());
} catch (error) {
  refuseToStart('worker', error, [ConfigurationError, RequirementsError, SealKeysError]);
}
