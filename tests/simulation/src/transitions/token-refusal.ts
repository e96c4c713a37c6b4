import { mustBeNumber, numberOr, texts } from './lib/lua.js';
import type { Transition } from './transition.js';

/** `drop-token.lua` */
export const dropToken: Transition = (redis, [slotKey = ''], args) => {
  const [generation, firstMs, longestMs, keepMs] = texts<4>(args);
  const now = redis.time();
  const slot = redis.hmget(slotKey, 'generation', 'replaceNotBefore');
  if (slot[0] !== generation) return ['replaced'];
  if (now < numberOr(slot[1], 0)) return ['too-soon'];
  const count = redis.hincrby(slotKey, 'replacedCount', 1);
  const pause = Math.min(mustBeNumber(firstMs) * 2 ** (count - 1), mustBeNumber(longestMs));
  redis.hset(slotKey, 'replaceNotBefore', now + pause);
  redis.hdel(slotKey, 'token', 'generation', 'renewAt', 'expiresAt');
  redis.hincrby(slotKey, 'version', 1);
  redis.pexpire(slotKey, mustBeNumber(keepMs));
  return ['dropped'];
};

/** `confirm-token.lua` */
export const confirmToken: Transition = (redis, [slotKey = ''], args) => {
  const [generation, sparedMs] = texts<2>(args);
  const now = redis.time();
  if (redis.hget(slotKey, 'generation') !== generation) return ['stale'];
  redis.hdel(slotKey, 'replacedCount');
  redis.hset(slotKey, 'replaceNotBefore', now + mustBeNumber(sparedMs));
  return ['confirmed'];
};
