import { mustBeNumber, texts } from './lib/lua.js';
import type { Transition } from './transition.js';

/** `find-expiring.lua` */
export const findExpiring: Transition = (redis, [expiry = '', jobs = ''], args) => {
  const [offset, limit] = texts<2>(args).map(mustBeNumber);
  const now = redis.time();
  const found = redis
    .zrangebyscore(expiry, { score: -Infinity }, { score: now })
    .slice(offset, Number(offset) + Number(limit));
  return [now, ...found.flatMap(([id]) => [id, redis.hget(`${jobs}:${id}`, 'tenant') ?? ''])];
};
