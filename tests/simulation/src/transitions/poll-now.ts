import { replyOf } from '../redis/lua-number.js';
import { fieldReply, isOpen, numberOf, numberOrZero, textsOf } from './script-values.js';
import type { Transition } from './transition.js';

/** poll-now.lua */
export const pollNow: Transition = (redis, [jobKey = '', due = '', provider = ''], args) => {
  const [jobId = '', nonce = '', forced, floorMs] = textsOf(args);
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
  const notBefore = numberOrZero(instant);
  const isForced = forced === '1';
  if (state === undefined) return ['missing'];
  if (!isOpen(state)) return ['settled'];
  if (pollNowNonce === nonce) {
    return ['due', fieldReply(wake), replyOf(Math.max(0, notBefore - now))];
  }
  if (pausedAt !== undefined) return ['paused'];

  const soonest = Math.max(now, Math.min(now, numberOrZero(lastPolledAt)) + numberOf(floorMs));
  const isHeldByPause = heldBy === 'provider-paused' || heldBy === 'all-paused';
  const waitsItsTurn = turn !== undefined && !isHeldByPause;
  const leaseEnd = redis.zscore(`${provider}:inflight`, `${jobId}:${epoch ?? '0'}`) ?? 0;
  const isNear = notBefore <= soonest || waitsItsTurn;
  if (intent !== undefined || now < leaseEnd || (isNear && !isForced)) return ['under-way'];

  let earliest = Math.max(
    numberOrZero(retryAfterUntil),
    numberOrZero(redis.hget(provider, 'pausedUntil')),
  );
  if (claimNonce !== undefined && epoch !== appliedEpoch) earliest = Math.max(earliest, notBefore);
  if (soonest < earliest && !isForced) {
    return ['early', replyOf(earliest), replyOf(earliest - now)];
  }

  redis.hset(jobKey, 'notBefore', soonest, 'dueAt', soonest, 'pollNowNonce', nonce);
  if (isForced) redis.hset(jobKey, 'forced', '1');
  redis.hdel(jobKey, 'nonce');
  redis.hincrby(jobKey, 'version', 1);
  redis.zadd(due, soonest, jobId);
  return ['due', redis.hincrby(jobKey, 'wake', 1), replyOf(soonest - now)];
};
