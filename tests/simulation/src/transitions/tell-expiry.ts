import { dropIdleToken } from './lib/acknowledgement.js';
import { mustBeNumber, texts } from './lib/lua.js';
import { tellEvent } from './lib/tell-event.js';
import type { Transition } from './transition.js';

/** `tell-expiry.lua` */
export const tellExpiry: Transition = (redis, keys, args) => {
  const [record, expiry, expiring, events, tenantEvents] = texts<5>(keys);
  const [jobId, expected, told, lookAt, expiringAt, json, channel, maxLength] = texts<8>(args);
  const now = redis.time();
  const [version, expiryTold, , refreshUntil] = redis.hmget(
    record,
    'version',
    'expiryTold',
    'deleteUntil',
    'refreshUntil',
  );
  if (version === undefined) {
    redis.zrem(expiry, jobId);
    redis.zrem(expiring, jobId);
    return ['missing'];
  }
  if (told !== '' && expiryTold === told) return ['told-before'];
  const isOver = lookAt !== '' && now >= mustBeNumber(lookAt);
  if (version !== expected || isOver) return ['changed', now];

  const put = (index: string, at: string) => {
    if (at === '') redis.zrem(index, jobId);
    else redis.zadd(index, mustBeNumber(at), jobId);
  };
  put(expiry, lookAt);
  put(expiring, expiringAt);
  if (told === '') return ['put-off'];
  redis.hset(record, 'expiryTold', told);
  redis.hincrby(record, 'version', 1);
  if (lookAt === '' && refreshUntil === undefined) dropIdleToken(redis, record);
  const streams = { house: events, tenant: tenantEvents, maxLength: mustBeNumber(maxLength) };
  tellEvent(redis, streams, { channel, json });
  return ['told'];
};
