import type { ScriptReply } from '@bulkwatch/store/parts';
import { fieldReply, isOpen } from './lib/job-fields.js';
import { mustBeNumber, texts } from './lib/lua.js';
import { noteHealth } from './lib/poll-health.js';
import { tellEvent } from './lib/tell-event.js';
import type { Transition } from './transition.js';

/** `resume-job.lua` */
export const resumeJob: Transition = (redis, keys, args) => {
  const [jobKey, due, events, tenantEvents, health] = texts<5>(keys);
  const [jobId, expected, json, channel, maxLength, healthScore] = texts<6>(args);
  const now = redis.time();
  const [state, pausedAt, heldBy, notBefore, wake, version] = redis.hmget(
    jobKey,
    'state',
    'pausedAt',
    'heldBy',
    'notBefore',
    'wake',
    'version',
  );
  const asItIs = (): ScriptReply => [
    'resumed',
    fieldReply(wake),
    Math.max(0, mustBeNumber(notBefore) - now),
  ];
  if (state === undefined) return ['missing'];
  if (!isOpen(state)) return ['settled'];
  if (pausedAt === undefined) return asItIs();
  if (version !== expected) return ['changed'];
  redis.hdel(jobKey, 'pausedAt', 'pausedBy');
  redis.hincrby(jobKey, 'version', 1);
  noteHealth(redis, health, jobId, mustBeNumber(healthScore));
  if (json !== '') {
    const streams = { house: events, tenant: tenantEvents, maxLength: mustBeNumber(maxLength) };
    tellEvent(redis, streams, { channel, json });
  }
  if (heldBy !== 'paused') return asItIs();
  redis.hset(jobKey, 'notBefore', now, 'dueAt', now);
  redis.hdel(jobKey, 'heldBy');
  redis.zadd(due, now, jobId);
  return ['resumed', redis.hincrby(jobKey, 'wake', 1), 0];
};
