import type { RequirementsError } from '../requirements-error.js';
import type { StoreContext } from '../store-context.js';
import { beatMsOf, createMembership, type Membership } from './membership.js';
import { type MigrateOptions, migrate } from './migrate.js';
import type { SchemaPlan } from './migration.js';
import { schemaPlan } from './migrations.js';

/** The schema of the data, as one process sees it. */
export interface StoreSchema extends Pick<Membership, 'schema' | 'join' | 'leave'> {
  /** How often to look whether there is something to migrate; ms. */
  readonly lookEveryMs: number;
  /**
   * Brings the data to the newest schema that this release knows, as far as it may be now: returns early where an older
   * process still lives, another is at it, or it is too soon. Rejects with StoreUnavailableError while Redis cannot serve.
   */
  migrate(options: MigrateOptions): Promise<void>;
}

/** `schemaPlan` is that of this release unless given. */
export function createSchema(
  context: StoreContext,
  options: {
    readonly schemaPlan?: SchemaPlan;
    readonly onUnfit?: (error: RequirementsError) => void;
  },
): StoreSchema {
  const { schemaPlan: plan = schemaPlan, onUnfit = throwWhereNobodyCatches } = options;
  const membership = createMembership(context, { plan, onUnfit });
  return {
    get schema() {
      return membership.schema;
    },
    join: (about) => membership.join(about),
    leave: () => membership.leave(),
    lookEveryMs: beatMsOf(plan),
    migrate: (more) => migrate(context, { plan, membership }, more),
  };
}

/** So that the lifecycle ends the process, as after any fault by which it can no longer be trusted. */
function throwWhereNobodyCatches(error: RequirementsError): void {
  setImmediate(() => {
    throw error;
  });
}
