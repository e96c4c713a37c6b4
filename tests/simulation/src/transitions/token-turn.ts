import { mustBeNumber, numberOr, texts } from './lib/lua.js';
import type { Transition } from './transition.js';

/** `lock-token.lua` */
export const lockToken: Transition = (redis, [slotKey = ''], args) => {
  const [nonce, version, lockMs, keepMs] = texts<4>(args);
  const now = redis.time();
  const slot = redis.hmget(slotKey, 'lock', 'lockedUntil', 'version');
  if (slot[0] === nonce) return ['locked'];
  if ((slot[2] ?? '0') !== version) return ['changed'];
  if (now < numberOr(slot[1], 0)) return ['held'];
  redis.hset(slotKey, 'lock', nonce, 'lockedUntil', now + mustBeNumber(lockMs));
  redis.pexpire(slotKey, mustBeNumber(keepMs));
  return ['locked'];
};

/** `settle-token.lua` */
export const settleToken: Transition = (redis, [slotKey = ''], args) => {
  const [nonce, token, renewInMs, expiresInMs, outage, endsInMs, keepMs] = texts<7>(args);
  const now = redis.time();
  const slot = redis.hmget(slotKey, 'lock', 'generation', 'outageOf');
  if (slot[1] === nonce || slot[2] === nonce) return ['settled'];
  if (slot[0] !== nonce) return ['stale'];
  if (token !== '') {
    const renewAt = now + mustBeNumber(renewInMs);
    const expiresAt = now + mustBeNumber(expiresInMs);
    redis.hset(slotKey, 'token', token, 'generation', nonce);
    redis.hset(slotKey, 'renewAt', renewAt, 'expiresAt', expiresAt);
    redis.hdel(slotKey, 'outage', 'outageOf', 'outageEndsAt');
  } else if (outage !== '') {
    const endsAt = now + mustBeNumber(endsInMs);
    redis.hset(slotKey, 'outage', outage, 'outageOf', nonce, 'outageEndsAt', endsAt);
  }
  redis.hincrby(slotKey, 'version', 1);
  redis.hdel(slotKey, 'lock', 'lockedUntil');
  redis.pexpire(slotKey, mustBeNumber(keepMs));
  return ['settled'];
};
