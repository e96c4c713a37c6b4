import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { keys } from '../keys.js';
import { RequirementsError } from '../requirements-error.js';
import { ask, type StoreContext } from '../store-context.js';
import { StoreUnavailableError } from '../store-unavailable.js';
import { newestOf, readableByOf, type SchemaPlan } from './migration.js';
import type { ProcessAbout } from './read-schema.js';
import { schemaScripts } from './schema-scripts.js';

export interface MembershipOptions {
  readonly plan: SchemaPlan;
  /** Called when the data is no longer for this release, as after a pause longer than news hold. */
  readonly onUnfit: (error: RequirementsError) => void;
}

/** The place of this process among those that work with this Redis. */
export interface Membership {
  readonly processId: string;
  /** The schema of the data, as last heard; undefined before `join`. */
  readonly schema: number | undefined;
  /**
   * Tells of this process from now on, again and again.
   *
   * @throws RequirementsError when its release cannot work with the data.
   */
  join(about: ProcessAbout): Promise<void>;
  /** Lets a migration go on without waiting for the news to grow old. Never rejects. */
  leave(): Promise<void>;
}

/** Longest wait for Redis when a process ends, ms: without it, its news grow old. */
const leaveMs = 250;

/** How often a process tells of itself: three times while the news hold. */
export const beatMsOf = ({ newsMs }: SchemaPlan): number => newsMs / 3;

/** A process that has not joined is nobody's obstacle, and has no schema. */
export function createMembership(
  context: Pick<StoreContext, 'redis' | 'onProblem'>,
  { plan, onUnfit }: MembershipOptions,
): Membership {
  const { redis, onProblem } = context;
  const processId = randomUUID();
  let schema: number | undefined;
  /** When the record of the schema was made, by Redis's clock. */
  let madeAt: string | number | null | undefined;
  let timer: NodeJS.Timeout | undefined;

  const announce = async (about: ProcessAbout): Promise<void> => {
    // Asked apart, since a script wants the right to write to each of its keys: a worker only reads tenants.
    const hadJobs = await ask(redis.exists(keys.tenants)).catch(refuseWithoutRights);
    const reply = await schemaScripts
      .announceProcess(
        redis,
        { schema: keys.schema, processes: keys.processes },
        {
          processId,
          knows: newestOf(plan),
          oldest: plan.oldest,
          readableBy: readableByOf(plan),
          lifeMs: plan.newsMs,
          about: JSON.stringify(about),
          hadJobs,
        },
      )
      .catch(refuseWithoutRights);
    const refusal = refusalOf(reply, plan, about.release);
    if (refusal !== undefined) throw new RequirementsError([refusal]);
    // The record that another process made anew is news to this one too.
    if (madeAt !== undefined && madeAt !== reply[2])
      onProblem('data', new Error('All data of Redis has been deleted, or it is another Redis.'));
    schema = Number(reply[1]);
    madeAt = reply[2];
  };

  /** A Redis that cannot serve is told of by others, and is no reason to stop. */
  const announceOrWait = (about: ProcessAbout): Promise<void> =>
    announce(about).catch((error: unknown) => {
      if (!(error instanceof StoreUnavailableError)) throw error;
    });

  const beat = async (about: ProcessAbout): Promise<void> => {
    await announceOrWait(about).catch((error: unknown) => {
      if (timer === undefined) return;
      if (error instanceof RequirementsError) onUnfit(error);
      else onProblem('schema', error);
    });
    if (timer !== undefined) keepOn(about);
  };

  const keepOn = (about: ProcessAbout): void => {
    timer = setTimeout(() => void beat(about), beatMsOf(plan));
    timer.unref();
  };

  return {
    processId,
    get schema() {
      return schema;
    },
    async join(about) {
      await announceOrWait(about);
      keepOn(about);
    },
    async leave() {
      if (timer === undefined) return;
      clearTimeout(timer);
      timer = undefined;
      if (redis.status !== 'ready') return;
      const left = ask(redis.hdel(keys.processes, processId)).catch(() => undefined);
      await Promise.race([left, pause(leaveMs)]);
    },
  };
}

/** Users that were set up for an older release may not know these keys. */
function refuseWithoutRights(error: unknown): never {
  if (error instanceof Error && error.message.startsWith('NOPERM'))
    throw new RequirementsError([
      `Its user may not use ${keys.schema} and ${keys.processes}: give it the rights in infra/redis/users.acl.`,
    ]);
  throw error;
}

function refusalOf(
  [verdict, schema, readableBy]: readonly (string | number | null)[],
  plan: SchemaPlan,
  release: string,
): string | undefined {
  if (verdict === 'too-new')
    return (
      `Its data is of schema ${schema}, for releases that know schema ${readableBy} at least; release ${release} knows ` +
      `${newestOf(plan)} at most. Start a newer release, or restore a backup from before the upgrade.`
    );
  if (verdict === 'too-old')
    return (
      `Its data is of schema ${schema}; release ${release} works with ${plan.oldest} or newer. Run a release between ` +
      'the two first, until bulkwatch fleet shows its schema.'
    );
  return undefined;
}
