import { wakeUpQueue } from '@bulkwatch/store';
import type { Redis } from 'ioredis';

/** Entries of the engine, by the jobs that they wake up. */
export interface EngineDump {
  /** Those that are to be worked on now, or are. */
  readonly awake: readonly string[];
  /** Those whose time has not come. One that was superseded, as by a resume, sleeps on until it is dropped on waking. */
  readonly asleep: readonly string[];
}

/** Reads which entries the engine has. */
export async function readEngine(redis: Redis): Promise<EngineDump> {
  const base = `${wakeUpQueue.prefix}:${wakeUpQueue.name}`;
  const [asleep, ...awake] = await Promise.all([
    redis.zrange(`${base}:delayed`, '0', '-1'),
    redis.zrange(`${base}:prioritized`, '0', '-1'),
    redis.lrange(`${base}:wait`, 0, -1),
    redis.lrange(`${base}:active`, 0, -1),
  ]);
  return { asleep: asleep.map(jobIn), awake: awake.flat().map(jobIn) };
}

/** An entry is named for its job and the number of its wake-up. */
const jobIn = (entry: string): string => /[0-9a-f]{8}-[0-9a-f-]{27}/.exec(entry)?.[0] ?? entry;
