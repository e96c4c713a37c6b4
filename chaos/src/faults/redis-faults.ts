import { type Redis, tellRedis } from '@bulkwatch/testkit';
import type { Fault, Healing } from '../fault.js';

/** What these need of the run. */
export interface RedisFaultContext {
  readonly dice: () => number;
  readonly redis: Redis;
}

type RedisFault = Fault<RedisFaultContext>;

const nothingToHeal: Healing = async () => undefined;
const between = (dice: () => number, least: number, most: number): number =>
  least + Math.floor(dice() * (most - least + 1));

/** Redis's server dies or stands still, with all that its disk has, or a bit less. */
const serverFaults: readonly RedisFault[] = [
  {
    name: 'redis-killed',
    row: 'B1',
    kind: 'redis',
    async inject({ redis }) {
      await redis.kill();
      return () => redis.restart();
    },
  },
  {
    name: 'redis-power-cut',
    row: 'B2',
    kind: 'redis',
    async inject({ dice, redis }) {
      await redis.cutPower({ kept: dice() });
      return () => redis.restart();
    },
  },
  {
    name: 'redis-frozen',
    row: 'B6',
    kind: 'redis',
    async inject({ redis }) {
      redis.pause();
      return async () => redis.resume();
    },
  },
];

const diskFaults: readonly RedisFault[] = [
  {
    name: 'redis-disk-slow',
    row: 'B3',
    kind: 'redis',
    inject: ({ dice, redis }) => redis.slowFsync(between(dice, 20, 300)),
  },
  {
    name: 'redis-disk-full',
    row: 'B4',
    kind: 'redis',
    async inject({ redis }) {
      const heal = await redis.fillDisk();
      return async () => {
        await heal();
        // As durable as it is shipped, it has ended itself.
        await redis.restart();
      };
    },
  },
];

/** It runs, and serves badly. */
const servingFaults: readonly RedisFault[] = [
  {
    name: 'redis-full',
    row: 'B5',
    kind: 'redis',
    async inject({ redis }) {
      const before = await settingOf(redis, 'maxmemory');
      await tellRedis(redis.port, 'CONFIG SET maxmemory 1mb');
      return () => restoreSetting(redis, 'maxmemory', before);
    },
  },
  {
    name: 'redis-busy',
    row: 'B6',
    kind: 'redis',
    async inject({ dice, redis }) {
      const before = await settingOf(redis, 'lua-time-limit');
      await tellRedis(redis.port, 'CONFIG SET lua-time-limit 200');
      const spinning = tell(redis, spinFor(between(dice, 300, 4_000)));
      return async () => {
        await spinning;
        await restoreSetting(redis, 'lua-time-limit', before);
      };
    },
  },
  {
    name: 'redis-read-only',
    row: 'B9',
    kind: 'redis',
    async inject({ redis }) {
      // Where nobody is: it keeps what it has.
      await tellRedis(redis.port, 'REPLICAOF 127.0.0.1 1');
      return () => tell(redis, 'REPLICAOF NO ONE');
    },
  },
];

/** What it knew besides our records is gone. */
const forgettingFaults: readonly RedisFault[] = [
  {
    name: 'redis-scripts-flushed',
    row: 'B11',
    kind: 'redis',
    async inject({ redis }) {
      await tellRedis(redis.port, 'SCRIPT FLUSH');
      return nothingToHeal;
    },
  },
  {
    name: 'engine-keys-deleted',
    row: 'B12',
    kind: 'redis',
    async inject({ redis }) {
      await tellRedis(redis.port, deleteKeys('{bulkwatch}:bull:*'));
      return nothingToHeal;
    },
  },
];

/** All troubles of Redis itself. Most cannot be had together. */
export const redisFaults: readonly RedisFault[] = [
  ...serverFaults,
  ...diskFaults,
  ...servingFaults,
  ...forgettingFaults,
];

const spinFor = (ms: number): string =>
  `EVAL "local function now() local t = redis.call('TIME') return t[1] * 1000 + t[2] / 1000 end ` +
  `local till = now() + ${ms} while now() < till do end return 1" 0`;

const deleteKeys = (pattern: string): string =>
  `EVAL "for _, key in ipairs(redis.call('KEYS', '${pattern}')) do redis.call('UNLINK', key) end return 1" 0`;

async function settingOf({ port }: Redis, name: string): Promise<string> {
  const lines = (await tellRedis(port, `CONFIG GET ${name}`)).split('\r\n');
  const value = lines[4];
  if (value === undefined) throw new Error(`Redis does not tell its ${name}.`);
  return value;
}

const restoreSetting = (redis: Redis, name: string, value: string): Promise<void> =>
  tell(redis, `CONFIG SET ${name} ${value}`);

/** A Redis that has died meanwhile has nothing to be told: it begins anew. */
const tell = async ({ port }: Redis, command: string): Promise<void> => {
  await tellRedis(port, command).catch(() => undefined);
};
