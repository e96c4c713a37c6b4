import { fieldReply, isOpen } from './lib/job-fields.js';
import { texts } from './lib/lua.js';
import type { Transition } from './transition.js';

/** `request-delete.lua` */
export const requestDelete: Transition = (redis, [jobKey = '', due = ''], args) => {
  const [jobId, at] = texts<2>(args);
  const now = redis.time();
  const [state, intent, wake] = redis.hmget(jobKey, 'state', 'intent', 'wake');
  if (state === undefined) return ['missing'];
  if (!isOpen(state)) return ['settled'];
  if (intent === 'delete') return ['cancelling', fieldReply(wake)];
  redis.hset(jobKey, 'intent', 'delete', 'cancelRequestedAt', at, 'notBefore', now, 'dueAt', now);
  redis.hdel(jobKey, 'nonce', 'failureCount', 'failingSince', 'backoffCount', 'heldBy', 'turn');
  redis.hincrby(jobKey, 'epoch', 1);
  redis.hincrby(jobKey, 'version', 1);
  redis.zadd(due, now, jobId);
  return ['cancelling', String(redis.hincrby(jobKey, 'wake', 1))];
};
