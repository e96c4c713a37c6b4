import { numberOr, texts } from './lib/lua.js';
import type { Transition } from './transition.js';

/** `rescue-job.lua` */
export const rescueJob: Transition = (redis, keys, args) => {
  const [jobKey, due] = texts<2>(keys);
  const [jobId, lostWake, graceMs] = texts<3>(args);
  const now = redis.time();

  const [state, wake = '0', notBefore, refreshUntil, deleteUntil] = redis.hmget(
    jobKey,
    'state',
    'wake',
    'notBefore',
    'refreshUntil',
    'deleteUntil',
  );
  const isAfterwards = refreshUntil !== undefined || deleteUntil !== undefined;
  if (state !== 'registered' && state !== 'in-progress' && !isAfterwards) {
    redis.zrem(due, jobId);
    return ['gone'];
  }
  if (wake !== lostWake || now < numberOr(notBefore, 0) + Number(graceMs)) return ['fine'];
  return ['rescued', String(redis.hincrby(jobKey, 'wake', 1))];
};
