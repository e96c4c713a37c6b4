import { numberOf, numberOrZero, textsOf } from './script-values.js';
import type { Transition } from './transition.js';

/** drop-token.lua */
export const dropToken: Transition = (redis, [slotKey = ''], args) => {
  const [generation, firstMs, longestMs, keepMs] = textsOf(args);
  const now = redis.time();
  const slot = redis.hmget(slotKey, 'generation', 'replaceNotBefore');
  if (slot[0] !== generation) return ['replaced'];
  if (now < numberOrZero(slot[1])) return ['too-soon'];
  const count = redis.hincrby(slotKey, 'replacedCount', 1);
  const pause = Math.min(numberOf(firstMs) * 2 ** (count - 1), numberOf(longestMs));
  redis.hset(slotKey, 'replaceNotBefore', now + pause);
  redis.hdel(slotKey, 'token', 'generation', 'renewAt', 'expiresAt');
  redis.hincrby(slotKey, 'version', 1);
  redis.pexpire(slotKey, numberOf(keepMs));
  return ['dropped'];
};

/** confirm-token.lua */
export const confirmToken: Transition = (redis, [slotKey = ''], args) => {
  const [generation, sparedMs] = textsOf(args);
  const now = redis.time();
  if (redis.hget(slotKey, 'generation') !== generation) return ['stale'];
  redis.hdel(slotKey, 'replacedCount');
  redis.hset(slotKey, 'replaceNotBefore', now + numberOf(sparedMs));
  return ['confirmed'];
};
