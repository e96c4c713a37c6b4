import { againAndAgain, type Repeated } from './again-and-again.js';
import type { WorkerContext } from './context.js';

/** Redis has at least this many times as long for others as it took for a page. */
const restShare = 4;

/** Brings the data to the schema of this release, once no process of an older one lives; see docs/operations.md. */
export function createSchemaMigrator({
  store,
  clock,
  logger,
  reporter,
  dice,
}: Pick<WorkerContext, 'store' | 'clock' | 'logger' | 'reporter' | 'dice'>): Repeated {
  return againAndAgain({
    run: (signal) =>
      store.schema.migrate({
        rest: (tookMs) => clock.sleep(restShare * tookMs, signal),
        isOver: () => signal.aborted,
        onMigrated: ({ schema, what }) => logger.info({ schema, what }, 'data migrated'),
      }),
    clock,
    intervalMs: store.schema.lookEveryMs,
    dice,
    onProblem: (error) => reporter.problem('schema', error),
  });
}
