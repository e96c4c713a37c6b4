import { dueReply } from './acknowledge.js';
import { dropIdleToken, judgeAcknowledgement } from './lib/acknowledgement.js';
import { mustBeNumber, texts } from './lib/lua.js';
import type { Transition } from './transition.js';

/** `amend-acknowledgement.lua` */
export const amendAcknowledgement: Transition = (redis, keys, args) => {
  const [record, due, expiry, expiring] = texts<4>(keys);
  const [jobId, requiredSubscribers, deleteOnAcknowledge, windowMs] = texts<4>(args);
  const now = redis.time();
  const [state, deleteUntil, deletedAt] = redis.hmget(
    record,
    'state',
    'deleteUntil',
    'deletedAtProviderAt',
  );
  if (state === undefined) return ['missing'];
  if (state !== 'completed') return ['settled'];
  if (deleteUntil !== undefined || deletedAt !== undefined) return ['deleted'];

  const put = (field: string, value: string, none: string) => {
    if (value === none) redis.hdel(record, field);
    else if (value !== '-') redis.hset(record, field, value);
  };
  put('requiredSubscribers', requiredSubscribers, '');
  put('deleteOnAcknowledge', deleteOnAcknowledge, '0');
  if (redis.hget(record, 'refreshUntil') === undefined) dropIdleToken(redis, record);
  const at = { now, windowMs: mustBeNumber(windowMs) };
  judgeAcknowledgement(redis, { record, due, expiry, expiring }, jobId, at);
  redis.hincrby(record, 'version', 1);
  return ['amended', ...dueReply(redis, record, now)];
};
