import { type JobState, jobStates, type PollHealth } from '@bulkwatch/contract';
import type { ScriptReply } from '../define-script.js';
import type { FleetFigures, QueueFigures } from '../job-upkeep.js';
import { keys, wakeUpQueue } from '../keys.js';
import { ask, type StoreContext } from '../store-context.js';
import { webhookQueue } from '../webhooks/webhook-keys.js';
import { fleetScripts } from './fleet-scripts.js';
import { indexedHealths } from './health-index.js';

/** Tenants, or providers, that one script looks at: less than 2 ms. */
export const sliceSize = 200;

/** Counts over all tenants, from the indexes: nothing is kept twice. */
export async function readFleet(
  { redis }: Pick<StoreContext, 'redis'>,
  overdueToleranceMs: number,
): Promise<FleetFigures> {
  const [house, tenants] = await Promise.all([
    fleetScripts.readFleet(
      redis,
      {
        due: keys.due,
        providersOut: keys.providersOut,
        paused: keys.providersPaused,
        expiring: keys.expiring,
        health: keys.health,
        wakeUps: `${wakeUpQueue.prefix}:${wakeUpQueue.name}`,
        webhooks: `${webhookQueue.prefix}:${webhookQueue.name}`,
      },
      { overdueToleranceMs },
    ),
    ask(redis.smembers(keys.tenants)),
  ]);
  const { jobsByState, oldestOpenAt } = await readTenants({ redis }, tenants);
  const openCount = jobsByState.registered + jobsByState['in-progress'];
  const figures = figuresOf(house, openCount);
  const oldestOpenJobAgeMs =
    oldestOpenAt === undefined ? 0 : Math.max(0, figures.now - oldestOpenAt);
  return { ...figures, jobsByState, oldestOpenJobAgeMs };
}

/** Reads what read-fleet.lua gives, in its order. */
function figuresOf(
  reply: ScriptReply,
  openCount: number,
): Omit<FleetFigures, 'jobsByState' | 'oldestOpenJobAgeMs'> {
  const values = reply.values();
  const next = (): number => Number(values.next().value);
  const told = (): number | undefined => {
    const { value } = values.next();
    return value === '' ? undefined : Number(value);
  };
  const [now, overdueCount, firstDueAt] = [next(), next(), told()];
  const oldestOverdueAgeMs =
    overdueCount > 0 && firstDueAt !== undefined ? Math.max(0, now - firstDueAt) : 0;
  return {
    now,
    overdueCount,
    oldestOverdueAgeMs,
    providersOut: next(),
    pauseCount: next(),
    expiringCounts: { '1h': next(), '6h': next(), '24h': next() },
    dueCounts: { '1m': next(), '5m': next(), '15m': next() },
    openJobsByHealth: healthsOf(indexedHealths.map(next), openCount),
    queues: { 'wake-ups': queueOf(next), webhooks: queueOf(next) },
    memory: { usedBytes: told(), limitBytes: told(), machineBytes: told() },
  };
}

/** The rest of the open jobs is well. A job that settles between two scripts is no reason for less than none. */
function healthsOf(
  counts: readonly number[],
  openCount: number,
): Readonly<Record<PollHealth, number>> {
  const unwellCount = counts.reduce((sum, count) => sum + count, 0);
  const indexed = indexedHealths.map((health, place) => [health, counts[place] ?? 0]);
  return { ok: Math.max(0, openCount - unwellCount), ...Object.fromEntries(indexed) };
}

const queueOf = (next: () => number): QueueFigures => ({
  waiting: next(),
  prioritized: next(),
  delayed: next(),
  active: next(),
});

async function readTenants(
  { redis }: Pick<StoreContext, 'redis'>,
  tenants: readonly string[],
): Promise<{ jobsByState: Record<JobState, number>; oldestOpenAt: number | undefined }> {
  const totals = jobStates.map(() => 0);
  const leastIds: string[] = [];
  for (const slice of slicesOf(tenants)) {
    const reply = await fleetScripts.readTenants(
      redis,
      { indexes: keys.indexes },
      { states: jobStates.join(' ') },
      slice,
    );
    for (const place of totals.keys()) totals[place] = (totals[place] ?? 0) + Number(reply[place]);
    const leastId = String(reply[jobStates.length]);
    if (leastId !== '') leastIds.push(leastId);
  }
  const [first] = leastIds.sort();
  return {
    jobsByState: Object.fromEntries(
      jobStates.map((state, place) => [state, totals[place] ?? 0]),
    ) as Record<JobState, number>,
    oldestOpenAt: first === undefined ? undefined : instantOfId(first),
  };
}

/** Ids begin with the instant of the registration (UUIDv7, RFC 9562 section 5.7). */
const instantOfId = (jobId: string): number =>
  Number.parseInt(jobId.replace('-', '').slice(0, 12), 16);

/** In slices that one script each is for. */
export const slicesOf = (names: readonly string[]): string[][] =>
  Array.from({ length: Math.ceil(names.length / sliceSize) }, (_, slice) =>
    names.slice(slice * sliceSize, (slice + 1) * sliceSize),
  );
