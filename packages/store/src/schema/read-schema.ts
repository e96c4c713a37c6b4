import type { Redis } from 'ioredis';
import { keys } from '../keys.js';
import { ask } from '../store-context.js';
import { redisNow } from '../until-ready.js';
import { newestOf, type SchemaPlan } from './migration.js';
import { schemaPlan } from './migrations.js';

/** What a process says of itself. */
export interface ProcessAbout {
  /** `api`, `worker`, or `cli`. */
  readonly service: string;
  /** Its release. */
  readonly release: string;
  /** Name of its host, and its id there. */
  readonly host: string;
  readonly pid: number;
}

/** A process that was heard of a moment ago. */
export interface LivingProcess extends ProcessAbout {
  readonly id: string;
  /** Newest schema that it knows. */
  readonly knows: number;
  /** Since when it has been heard of without a gap; epoch ms. */
  readonly since: number;
}

/** The schema of the data, and who works with it. */
export interface SchemaState {
  /** Undefined before any process of a release with a schema has been started. */
  readonly schema: number | undefined;
  /** The oldest schema that a release has to know. */
  readonly readableBy: number;
  /** That the migration under way leads to. */
  readonly target: number | undefined;
  /** Newest that this program knows. */
  readonly knows: number;
  /** What the migrations that are left do, in order. */
  readonly pending: readonly { readonly schema: number; readonly what: string }[];
  /** By service, then the oldest first. */
  readonly processes: readonly LivingProcess[];
}

/** Reads all of it; changes nothing. Rejects with StoreUnavailableError while Redis cannot serve. */
export async function readSchema(
  redis: Redis,
  plan: SchemaPlan = schemaPlan,
): Promise<SchemaState> {
  const [record, processes, now] = await Promise.all([
    ask(redis.hgetall(keys.schema)),
    ask(redis.hgetall(keys.processes)),
    redisNow(redis),
  ]);
  const { schema, readableBy, target } = record;
  const pending = plan.migrations.filter(
    (migration) => schema !== undefined && migration.schema > Number(schema),
  );
  return {
    schema: schema === undefined ? undefined : Number(schema),
    readableBy: Number(readableBy ?? 1),
    target: target === undefined ? undefined : Number(target),
    knows: newestOf(plan),
    pending: pending.map(({ schema: leadsTo, what }) => ({ schema: leadsTo, what })),
    processes: Object.entries(processes)
      .flatMap(([id, text]) => livingProcess(id, text, now))
      .sort((a, b) => a.service.localeCompare(b.service) || a.since - b.since),
  };
}

/** Reads an entry, as announce-process.lua writes it; none where it is too old. */
function livingProcess(id: string, text: string, now: number): LivingProcess[] {
  const [, until, since, knows, about] = /^(\d+) (\d+) (\d+) (.*)$/s.exec(text) ?? [];
  if (about === undefined || Number(until) <= now) return [];
  return [
    { ...(JSON.parse(about) as ProcessAbout), id, since: Number(since), knows: Number(knows) },
  ];
}
