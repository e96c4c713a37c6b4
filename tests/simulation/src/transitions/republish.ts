import { mustBeNumber, texts } from './lib/lua.js';
import { tellEvent } from './lib/tell-event.js';
import type { Transition } from './transition.js';

/** `republish.lua` */
export const republish: Transition = (redis, keys, args) => {
  const [record, events, tenantEvents] = texts<3>(keys);
  const [expected, nonce, json, channel, maxLength] = texts<5>(args);
  const [version, republishNonce] = redis.hmget(record, 'version', 'republishNonce');
  if (republishNonce === nonce) return ['republished'];
  if (version !== expected) return ['changed'];
  redis.hset(record, 'republishNonce', nonce);
  const streams = { house: events, tenant: tenantEvents, maxLength: mustBeNumber(maxLength) };
  tellEvent(redis, streams, { channel, json });
  return ['republished'];
};
