import type { ScriptReply } from '@bulkwatch/store/parts';
import { isOpen } from './lib/job-fields.js';
import { mustBeNumber, numberOr, texts } from './lib/lua.js';
import type { Transition } from './transition.js';

/** `amend-job.lua` */
export const amendJob: Transition = (redis, [jobKey = '', due = ''], args) => {
  const [jobId, expected, earliestText, clearedCount] = texts<4>(args);
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

  const fieldsFrom = 4 + mustBeNumber(clearedCount);
  const cleared = args.slice(4, fieldsFrom).map(String);
  const fields = args.slice(fieldsFrom);
  if (cleared.length > 0) redis.hdel(jobKey, ...cleared);
  if (fields.length > 0) redis.hset(jobKey, ...fields);
  redis.hincrby(jobKey, 'version', 1);

  const notBefore = numberOr(instant, 0);
  const wakeAt = (at: number): ScriptReply => {
    redis.hset(jobKey, 'notBefore', at, 'dueAt', at);
    redis.hdel(jobKey, 'nonce', 'turn');
    redis.zadd(due, at, jobId);
    return ['amended', redis.hincrby(jobKey, 'wake', 1), at - now];
  };
  const asItWas = (): ScriptReply => ['amended', numberOr(wake, 0), Math.max(0, notBefore - now)];

  if (heldBy === 'paused' && intent === undefined) {
    const heldUntil = Math.max(now, mustBeNumber(redis.hget(jobKey, 'deadlineAt')));
    return heldUntil === notBefore ? asItWas() : wakeAt(heldUntil);
  }
  const isIdle = epoch === appliedEpoch && intent === undefined;
  const earliest = earliestText === '' ? undefined : Math.max(mustBeNumber(earliestText), now);
  if (earliest !== undefined && isIdle && earliest < notBefore) {
    redis.hdel(jobKey, 'heldBy');
    return wakeAt(earliest);
  }
  return asItWas();
};
