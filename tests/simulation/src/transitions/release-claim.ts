import { texts } from './lib/lua.js';
import { leaveGate } from './lib/provider-breaker.js';
import type { Transition } from './transition.js';

/** `release-claim.lua` */
export const releaseClaim: Transition = (redis, keys, args) => {
  const [jobKey, due, provider] = texts<3>(keys);
  const [jobId, claimed, waitMs, ofClaim] = texts<4>(args);
  const now = redis.time();

  const [state, epoch, applied, refreshUntil, deleteUntil, nonce] = redis.hmget(
    jobKey,
    'state',
    'epoch',
    'appliedEpoch',
    'refreshUntil',
    'deleteUntil',
    'nonce',
  );
  if (applied === claimed) return ['stale'];
  if (epoch === claimed && nonce !== undefined && nonce !== ofClaim) return ['stale'];
  leaveGate(redis, provider, { request: `${jobId}:${claimed}`, now, told: { verdict: 'unknown' } });
  const isOpen =
    state === 'registered' ||
    state === 'in-progress' ||
    refreshUntil !== undefined ||
    deleteUntil !== undefined;
  if (!isOpen || epoch !== claimed) return ['stale'];
  const from = now + Number(waitMs);
  redis.hset(jobKey, 'notBefore', from);
  redis.hdel(jobKey, 'nonce');
  redis.zadd(due, from, jobId);
  return ['released'];
};
