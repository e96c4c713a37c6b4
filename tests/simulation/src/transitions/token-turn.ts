import { numberOf, numberOrZero, textsOf } from './script-values.js';
import type { Transition } from './transition.js';

/** lock-token.lua */
export const lockToken: Transition = (redis, [slotKey = ''], args) => {
  const [nonce = '', version, lockMs, keepMs] = textsOf(args);
  const now = redis.time();
  const slot = redis.hmget(slotKey, 'lock', 'lockedUntil', 'version');
  if (slot[0] === nonce) return ['locked'];
  if ((slot[2] ?? '0') !== version) return ['changed'];
  if (now < numberOrZero(slot[1])) return ['held'];
  redis.hset(slotKey, 'lock', nonce, 'lockedUntil', now + numberOf(lockMs));
  redis.pexpire(slotKey, numberOf(keepMs));
  return ['locked'];
};

/** settle-token.lua */
export const settleToken: Transition = (redis, [slotKey = ''], args) => {
  const [nonce = '', token = '', renewInMs, expiresInMs, outage = '', endsInMs, keepMs] =
    textsOf(args);
  const now = redis.time();
  const slot = redis.hmget(slotKey, 'lock', 'generation', 'outageOf');
  if (slot[1] === nonce || slot[2] === nonce) return ['settled'];
  if (slot[0] !== nonce) return ['stale'];
  if (token !== '') {
    const renewAt = now + numberOf(renewInMs);
    const expiresAt = now + numberOf(expiresInMs);
    redis.hset(slotKey, 'token', token, 'generation', nonce);
    redis.hset(slotKey, 'renewAt', renewAt, 'expiresAt', expiresAt);
    redis.hdel(slotKey, 'outage', 'outageOf', 'outageEndsAt');
  } else if (outage !== '') {
    const endsAt = now + numberOf(endsInMs);
    redis.hset(slotKey, 'outage', outage, 'outageOf', nonce, 'outageEndsAt', endsAt);
  }
  redis.hincrby(slotKey, 'version', 1);
  redis.hdel(slotKey, 'lock', 'lockedUntil');
  redis.pexpire(slotKey, numberOf(keepMs));
  return ['settled'];
};
