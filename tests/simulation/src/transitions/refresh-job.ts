import type { ScriptReply } from '@bulkwatch/store/parts';
import { fieldReply } from './lib/job-fields.js';
import { mustBeNumber, numberOr, texts } from './lib/lua.js';
import type { Transition } from './transition.js';

/** `refresh-job.lua` */
export const refreshJob: Transition = (redis, [jobKey = '', due = ''], args) => {
  const [jobId, refreshMs, sealedToken, floorMs] = texts<4>(args);
  const now = redis.time();
  const [state, wake, refreshUntil, notBefore, lastPolledAt, retryAfterUntil, ...rest] =
    redis.hmget(
      jobKey,
      'state',
      'wake',
      'refreshUntil',
      'notBefore',
      'lastPolledAt',
      'retryAfterUntil',
      'epoch',
      'appliedEpoch',
      'turn',
      'deleteUntil',
      'deletedAtProviderAt',
    );
  const [epoch, appliedEpoch, turn, deleteUntil, deletedAtProviderAt] = rest;
  if (state === undefined) return ['missing'];
  if (state !== 'completed') return ['not-completed'];
  const isDeleteAsked = deleteUntil !== undefined && refreshUntil === undefined;
  if (deletedAtProviderAt !== undefined || isDeleteAsked) return ['deleted'];

  const soonest = Math.max(
    now,
    Math.min(now, numberOr(lastPolledAt, 0)) + mustBeNumber(floorMs),
    numberOr(retryAfterUntil, 0),
  );
  const wakeAt = (at: number): ScriptReply => {
    redis.hset(jobKey, 'notBefore', at, 'dueAt', at);
    redis.hincrby(jobKey, 'version', 1);
    redis.zadd(due, at, jobId);
    return ['refreshing', redis.hincrby(jobKey, 'wake', 1), at - now];
  };

  if (sealedToken !== '') redis.hset(jobKey, 'sealedToken', sealedToken);
  if (refreshUntil !== undefined) {
    const isIdle = epoch === appliedEpoch && turn === undefined;
    if (sealedToken !== '' && isIdle && soonest < mustBeNumber(notBefore)) {
      redis.hdel(jobKey, 'heldBy');
      return wakeAt(soonest);
    }
    return ['refreshing', fieldReply(wake), Math.max(0, mustBeNumber(notBefore) - now)];
  }
  redis.hset(jobKey, 'refreshUntil', now + mustBeNumber(refreshMs), 'hasOldPages', '1');
  redis.hdel(jobKey, 'refreshReason');
  return wakeAt(soonest);
};
