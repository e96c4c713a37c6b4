import { keys } from '../keys.js';
import type { StoreContext } from '../store-context.js';
import type { Membership } from './membership.js';
import type { Migration, SchemaPlan } from './migration.js';
import { schemaScripts } from './schema-scripts.js';

export interface MigrateOptions {
  /** Waits after a page, which took that many ms. */
  readonly rest: (tookMs: number) => Promise<void>;
  /** Whether to stop before the next page. */
  readonly isOver: () => boolean;
  /** Told of each migration that has ended here. */
  readonly onMigrated: (migration: Migration) => void;
}

/** Longer than any page takes, with the rest that follows. */
const turnMs = 30_000;

/**
 * Brings the data to the newest schema of the plan, as far as it may be now: returns early where an older process still lives,
 * another is at it, or it is too soon. To be called again and again.
 *
 * Rejects with StoreUnavailableError while Redis cannot serve.
 */
export async function migrate(
  context: StoreContext,
  { plan, membership }: { plan: SchemaPlan; membership: Membership },
  options: MigrateOptions,
): Promise<void> {
  const { schema } = membership;
  if (schema === undefined) return;
  for (const migration of plan.migrations) {
    if (migration.schema <= schema) continue;
    const { processId } = membership;
    const turn = turnOf(context, { migration, lifeMs: plan.newsMs, processId });
    if (!(await migrateTo(context, migration, turn, options))) return;
  }
}

type Turn = (step: 'take' | 'keep' | 'end', cursor?: string) => Promise<readonly unknown[]>;

const turnOf =
  (
    { redis }: StoreContext,
    parts: { migration: Migration; lifeMs: number; processId: string },
  ): Turn =>
  (step, cursor = '') => {
    const { migration, lifeMs, processId } = parts;
    const { schema, readableBy, settleMs = 0 } = migration;
    return schemaScripts.takeMigration(
      redis,
      { schema: keys.schema, processes: keys.processes },
      { processId, schema, readableBy, lifeMs, settleMs, turnMs, step, cursor },
    );
  };

/** Whether the data is of that schema now. */
async function migrateTo(
  context: StoreContext,
  migration: Migration,
  turn: Turn,
  { rest, isOver, onMigrated }: MigrateOptions,
): Promise<boolean> {
  let [verdict, cursor] = await turn('take');
  while (verdict === 'yours') {
    if (isOver()) return false;
    const from = performance.now();
    const next = await migration.migratePage(context, String(cursor));
    if (next === undefined) {
      [verdict] = await turn('end');
      if (verdict === 'done') onMigrated(migration);
      return verdict === 'done';
    }
    [verdict, cursor] = await turn('keep', next);
    await rest(performance.now() - from);
  }
  return verdict === 'done';
}
