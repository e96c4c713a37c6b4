import { isOpen } from './lib/job-fields.js';
import { mustBeNumber, texts } from './lib/lua.js';
import { noteHealth } from './lib/poll-health.js';
import { tellEvent } from './lib/tell-event.js';
import type { Transition } from './transition.js';

/** `cancel-job.lua` */
export const cancelJob: Transition = (redis, keys, args) => {
  const [jobKey, due, events, index, openJob, tenantEvents, provider, providersOut, health] =
    texts<9>(keys);
  const [jobId, expected, json, channel, maxLength, clearedCount] = texts<6>(args);
  const [state = '', version] = redis.hmget(jobKey, 'state', 'version');
  if (state === '') return ['missing'];
  if (!isOpen(state)) return ['settled'];
  if (version !== expected) return ['changed'];

  const fieldsFrom = 6 + mustBeNumber(clearedCount);
  redis.hdel(jobKey, ...args.slice(6, fieldsFrom).map(String));
  redis.hset(jobKey, 'state', 'cancelled', ...args.slice(fieldsFrom));
  redis.hincrby(jobKey, 'version', 1);
  redis.zrem(due, jobId);
  noteHealth(redis, health, jobId, 0);
  redis.zrem(`${index}:${state}`, jobId);
  redis.zadd(`${index}:cancelled`, 0, jobId);
  if (redis.hincrby(provider, 'openJobs', -1) <= 0) {
    redis.srem(providersOut, provider);
    redis.hset(provider, 'openJobs', 0);
  }
  if (redis.get(openJob) === jobId) redis.del(openJob);
  const streams = { house: events, tenant: tenantEvents, maxLength: mustBeNumber(maxLength) };
  tellEvent(redis, streams, { channel, json });
  return ['cancelled'];
};
