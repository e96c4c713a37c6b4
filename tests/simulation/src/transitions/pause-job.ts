import { isOpen } from './lib/job-fields.js';
import { mustBeNumber, texts } from './lib/lua.js';
import { noteHealth } from './lib/poll-health.js';
import { tellEvent } from './lib/tell-event.js';
import type { Transition } from './transition.js';

/** `pause-job.lua` */
export const pauseJob: Transition = (redis, keys, args) => {
  const [jobKey, events, tenantEvents, health] = texts<4>(keys);
  const [by, at, expected, json, channel, maxLength, jobId, healthScore] = texts<8>(args);
  const [state, pausedAt, version] = redis.hmget(jobKey, 'state', 'pausedAt', 'version');
  if (state === undefined) return ['missing'];
  if (!isOpen(state)) return ['settled'];
  if (pausedAt !== undefined) return ['paused'];
  if (version !== expected) return ['changed'];
  redis.hset(jobKey, 'pausedAt', at, 'pausedBy', by);
  redis.hincrby(jobKey, 'version', 1);
  noteHealth(redis, health, jobId, mustBeNumber(healthScore));
  if (json !== '') {
    const streams = { house: events, tenant: tenantEvents, maxLength: mustBeNumber(maxLength) };
    tellEvent(redis, streams, { channel, json });
  }
  return ['paused'];
};
