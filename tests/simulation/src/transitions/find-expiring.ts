import { numberOf, textsOf } from './script-values.js';
import type { Transition } from './transition.js';

/** find-expiring.lua */
export const findExpiring: Transition = (redis, [expiry = '', jobs = ''], args) => {
  const [offset, limit] = textsOf(args).map(numberOf);
  const now = redis.time();
  const found = redis
    .zrangebyscore(expiry, { score: -Infinity }, { score: now })
    .slice(offset, Number(offset) + Number(limit));
  return [now, ...found.flatMap(([id]) => [id, redis.hget(`${jobs}:${id}`, 'tenant') ?? ''])];
};
