import type { ScriptReply } from '@bulkwatch/store/parts';
import { replyOf } from '../redis/lua-number.js';
import { isOpen, numberOf, numberOrZero, textsOf } from './script-values.js';
import type { Transition } from './transition.js';

/** amend-job.lua */
export const amendJob: Transition = (redis, [jobKey = '', due = ''], args) => {
  const [jobId = '', expected, earliestText = '', clearedCount, ...rest] = textsOf(args);
  const now = redis.time();
  const [state, version, epoch, appliedEpoch, intent, instant, wake, heldBy] = redis.hmget(
    jobKey,
    'state',
    'version',
    'epoch',
    'appliedEpoch',
    'intent',
    'notBefore',
    'wake',
    'heldBy',
  );
  if (state === undefined) return ['missing'];
  if (!isOpen(state)) return ['settled'];
  if (version !== expected) return ['changed'];

  const cleared = rest.slice(0, numberOf(clearedCount));
  const fields = rest.slice(cleared.length);
  if (cleared.length > 0) redis.hdel(jobKey, ...cleared);
  if (fields.length > 0) redis.hset(jobKey, ...fields);
  redis.hincrby(jobKey, 'version', 1);

  const notBefore = numberOrZero(instant);
  const wakeAt = (at: number): ScriptReply => {
    redis.hset(jobKey, 'notBefore', at, 'dueAt', at);
    redis.hdel(jobKey, 'nonce', 'turn');
    redis.zadd(due, at, jobId);
    return ['amended', redis.hincrby(jobKey, 'wake', 1), replyOf(at - now)];
  };
  const asItWas = (): ScriptReply => [
    'amended',
    replyOf(numberOrZero(wake)),
    replyOf(Math.max(0, notBefore - now)),
  ];

  if (heldBy === 'paused' && intent === undefined) {
    const heldUntil = Math.max(now, numberOf(redis.hget(jobKey, 'deadlineAt')));
    return heldUntil === notBefore ? asItWas() : wakeAt(heldUntil);
  }
  const isIdle = epoch === appliedEpoch && intent === undefined;
  const earliest = earliestText === '' ? undefined : Math.max(numberOf(earliestText), now);
  if (earliest !== undefined && isIdle && earliest < notBefore) {
    redis.hdel(jobKey, 'heldBy');
    return wakeAt(earliest);
  }
  return asItWas();
};
