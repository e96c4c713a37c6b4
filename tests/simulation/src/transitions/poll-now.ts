import { fieldReply, isOpen } from './lib/job-fields.js';
import { mustBeNumber, numberOr, texts } from './lib/lua.js';
import type { Transition } from './transition.js';

/** `poll-now.lua` */
export const pollNow: Transition = (redis, [jobKey = '', due = '', provider = ''], args) => {
  const [jobId, nonce, forced, floorMs] = texts<4>(args);
  const now = redis.time();
  const [state, wake, pollNowNonce, pausedAt, intent, instant, retryAfterUntil, epoch, ...rest] =
    redis.hmget(
      jobKey,
      'state',
      'wake',
      'pollNowNonce',
      'pausedAt',
      'intent',
      'notBefore',
      'retryAfterUntil',
      'epoch',
      'appliedEpoch',
      'nonce',
      'lastPolledAt',
      'turn',
      'heldBy',
    );
  const [appliedEpoch, claimNonce, lastPolledAt, turn, heldBy] = rest;
  const notBefore = numberOr(instant, 0);
  const isForced = forced === '1';
  if (state === undefined) return ['missing'];
  if (!isOpen(state)) return ['settled'];
  if (pollNowNonce === nonce) {
    return ['due', fieldReply(wake), Math.max(0, notBefore - now)];
  }
  if (pausedAt !== undefined) return ['paused'];

  const soonest = Math.max(now, Math.min(now, numberOr(lastPolledAt, 0)) + mustBeNumber(floorMs));
  const isHeldByPause = heldBy === 'provider-paused' || heldBy === 'all-paused';
  const waitsItsTurn = turn !== undefined && !isHeldByPause;
  const leaseEnd = redis.zscore(`${provider}:inflight`, `${jobId}:${epoch ?? '0'}`) ?? 0;
  const isNear = notBefore <= soonest || waitsItsTurn;
  if (intent !== undefined || now < leaseEnd || (isNear && !isForced)) return ['under-way'];

  let earliest = Math.max(
    numberOr(retryAfterUntil, 0),
    numberOr(redis.hget(provider, 'pausedUntil'), 0),
  );
  if (claimNonce !== undefined && epoch !== appliedEpoch) earliest = Math.max(earliest, notBefore);
  if (soonest < earliest && !isForced) {
    return ['early', earliest, earliest - now];
  }

  redis.hset(jobKey, 'notBefore', soonest, 'dueAt', soonest, 'pollNowNonce', nonce);
  if (isForced) redis.hset(jobKey, 'forced', '1');
  redis.hdel(jobKey, 'nonce');
  redis.hincrby(jobKey, 'version', 1);
  redis.zadd(due, soonest, jobId);
  return ['due', redis.hincrby(jobKey, 'wake', 1), soonest - now];
};
