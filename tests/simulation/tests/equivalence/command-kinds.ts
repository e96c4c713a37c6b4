import { argumentOf, type Commands, type Transition } from '@bulkwatch/simulation';
import fc from 'fast-check';

type Reply = ReturnType<Transition>[number];

/** A script of one command, and the same by `Commands`. */
export interface CommandKind {
  readonly lua: string;
  readonly run: (redis: Commands, key: string, args: readonly string[]) => Reply | readonly Reply[];
  readonly args: fc.Arbitrary<readonly string[]>;
}

type Table = Readonly<Record<string, CommandKind>>;

const name = fc.constantFrom('a', 'b', 'c', 'd');
const score = fc.oneof(
  fc.integer({ min: -3, max: 3 }),
  fc.double({ noNaN: true, min: -9, max: 9 }),
);
const none = fc.constant<readonly string[]>([]);
const args = (...parts: readonly fc.Arbitrary<unknown>[]) =>
  fc.tuple(...parts).map((values) => values.map(String));
const rank = fc.integer({ min: -4, max: 4 });
const ms = fc.integer({ min: 5_000, max: 90_000 });
const flat = (pairs: readonly (readonly [string, number])[]) =>
  pairs.flatMap(([member, value]) => [member, argumentOf(value)]);
const orNull = (value: string | undefined) => value ?? null;

const hash: Table = {
  HSET: {
    lua: "return { redis.call('HSET', KEYS[1], unpack(ARGV)) }",
    run: (redis, key, fields) => redis.hset(key, ...fields),
    args: args(name, score, name, name),
  },
  HSETNX: {
    lua: "return { redis.call('HSETNX', KEYS[1], ARGV[1], ARGV[2]) }",
    run: (redis, key, [field = '', value = '']) => redis.hsetnx(key, field, value),
    args: args(name, name),
  },
  HDEL: {
    lua: "return { redis.call('HDEL', KEYS[1], unpack(ARGV)) }",
    run: (redis, key, fields) => redis.hdel(key, ...fields),
    args: args(name, name),
  },
  HMGET: {
    lua: "return redis.call('HMGET', KEYS[1], unpack(ARGV))",
    run: (redis, key, fields) => redis.hmget(key, ...fields).map(orNull),
    args: args(name, name),
  },
  HINCRBY: {
    lua: "redis.call('HDEL', KEYS[1], 'a') return { redis.call('HINCRBY', KEYS[1], ARGV[1], ARGV[2]) }",
    run: (redis, key, [field = '', by]) => {
      redis.hdel(key, 'a');
      return redis.hincrby(key, field, Number(by));
    },
    args: args(fc.constantFrom('a', 'n'), rank),
  },
  HLEN: {
    lua: "return { redis.call('HLEN', KEYS[1]), redis.call('HEXISTS', KEYS[1], 'a') }",
    run: (redis, key) => [redis.hlen(key), redis.hexists(key, 'a') ? 1 : 0],
    args: none,
  },
};

const zset: Table = {
  ZADD: {
    lua: "return { redis.call('ZADD', KEYS[1], tonumber(ARGV[1]), ARGV[2]) }",
    run: (redis, key, [by, member = '']) => redis.zadd(key, Number(by), member),
    args: args(score, name),
  },
  'ZADD XX': {
    lua: "return { redis.call('ZADD', KEYS[1], 'XX', ARGV[1], ARGV[2]) }",
    run: (redis, key, [by, member = '']) => redis.zadd(key, Number(by), member, { xx: true }),
    args: args(score, name),
  },
  ZREM: {
    lua: "return { redis.call('ZREM', KEYS[1], unpack(ARGV)) }",
    run: (redis, key, members) => redis.zrem(key, ...members),
    args: args(name, name),
  },
  ZRANGE: {
    lua: "return redis.call('ZRANGE', KEYS[1], ARGV[1], ARGV[2], 'WITHSCORES')",
    run: (redis, key, [from, to]) => flat(redis.zrange(key, Number(from), Number(to))),
    args: args(rank, rank),
  },
  ZRANGEBYSCORE: {
    lua: "return redis.call('ZRANGEBYSCORE', KEYS[1], '(' .. ARGV[1], '+inf', 'WITHSCORES', 'LIMIT', 0, ARGV[2])",
    run: (redis, key, [from, limit]) =>
      flat(
        redis.zrangebyscore(
          key,
          { score: Number(from), exclusive: true },
          { score: Infinity },
          Number(limit),
        ),
      ),
    args: args(score, fc.integer({ min: 0, max: 3 })),
  },
  ZREMRANGEBYSCORE: {
    lua: "return { redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', ARGV[1]) }",
    run: (redis, key, [to]) => redis.zremrangebyscore(key, -Infinity, Number(to)),
    args: args(score),
  },
  ZCARD: {
    lua: "return { redis.call('ZCARD', KEYS[1]), redis.call('ZSCORE', KEYS[1], ARGV[1]) }",
    run: (redis, key, [member = '']) => {
      const found = redis.zscore(key, member);
      return [redis.zcard(key), found === undefined ? null : argumentOf(found)];
    },
    args: args(name),
  },
};

const set: Table = {
  SADD: {
    lua: "return { redis.call('SADD', KEYS[1], ARGV[1]) }",
    run: (redis, key, [member = '']) => redis.sadd(key, member),
    args: args(name),
  },
  SREM: {
    lua: "return { redis.call('SREM', KEYS[1], ARGV[1]) }",
    run: (redis, key, [member = '']) => redis.srem(key, member),
    args: args(name),
  },
};

const list: Table = {
  LPUSH: {
    lua: "return { redis.call('LPUSH', KEYS[1], ARGV[1]), redis.call('LLEN', KEYS[1]) }",
    run: (redis, key, [value = '']) => [redis.lpush(key, value), redis.llen(key)],
    args: args(name),
  },
  LTRIM: {
    lua: "redis.call('LTRIM', KEYS[1], ARGV[1], ARGV[2]) return redis.call('LRANGE', KEYS[1], ARGV[2], -1)",
    run: (redis, key, [from, to]) => {
      redis.ltrim(key, Number(from), Number(to));
      return redis.lrange(key, Number(to), -1);
    },
    args: args(rank, rank),
  },
};

const string: Table = {
  SET: {
    lua: "redis.call('SET', KEYS[1], ARGV[1]) return { redis.call('GET', KEYS[1]) }",
    run: (redis, key, [value = '']) => {
      redis.set(key, value);
      return orNull(redis.get(key));
    },
    args: args(name),
  },
  'SET PX': {
    lua: "local set = redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2]) return { set and 1 or 0 }",
    run: (redis, key, [value = '', life]) =>
      redis.set(key, value, { nx: true, pxMs: Number(life) }) ? 1 : 0,
    args: args(name, ms),
  },
};

const stream: Table = {
  XADD: {
    lua: "local stream = KEYS[1]\nreturn { redis.call('XADD', stream, 'MAXLEN', '~', 1000, '*', 'event', ARGV[1]) }",
    run: (redis, key, [value = '']) => redis.xadd(key, 1000, 'event', value),
    args: args(name),
  },
};

/** By the type of the keys that they are for, and their names. */
export const commandKinds = { hash, zset, set, list, string, stream } as const;

/** For keys of any type. */
export const anyType: Table = {
  PEXPIRE: {
    lua: "return { redis.call('PEXPIRE', KEYS[1], ARGV[1]) }",
    run: (redis, key, [life]) => redis.pexpire(key, Number(life)),
    args: args(ms),
  },
  DEL: {
    lua: "return { redis.call('EXISTS', KEYS[1]), redis.call('DEL', KEYS[1]) }",
    run: (redis, key) => [redis.exists(key) ? 1 : 0, redis.del(key)],
    args: none,
  },
};
