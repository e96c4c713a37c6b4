import { mustBeNumber, texts, wordsOf } from './lib/lua.js';
import { openWebhooks } from './lib/open-webhooks.js';
import { tellEvent } from './lib/tell-event.js';
import type { Transition } from './transition.js';

/** `register.lua` */
export const register: Transition = (redis, keys, args) => {
  const [
    job,
    openJob,
    due,
    events,
    index,
    idempotency,
    tenants,
    tenantEvents,
    origins,
    provider,
    webhooks,
  ] = texts<11>(keys);
  const [
    jobId,
    tenant,
    firstDelayMs,
    event,
    channel,
    maxLength,
    fingerprints,
    idempotencyMs,
    origin,
    webhook,
  ] = texts<10>(args);
  const now = redis.time();

  const remember = (id: string) => {
    if (fingerprints === '') return;
    redis.set(idempotency, `${wordsOf(fingerprints)[0]} ${id}`, { pxMs: Number(idempotencyMs) });
  };
  const known = (id: string) => [id === jobId ? 'created' : 'existing', id, now];

  const entry = fingerprints === '' ? undefined : redis.get(idempotency);
  if (entry !== undefined) {
    const [fingerprint = '', id = ''] = entry.split(' ');
    if (!` ${fingerprints} `.includes(` ${fingerprint} `))
      return ['idempotency-key-reused', '', now];
    if (redis.exists(job.slice(0, -jobId.length) + id)) return known(id);
  }

  const open = redis.get(openJob);
  if (open !== undefined) {
    remember(open);
    return known(open);
  }

  const dueAt = now + mustBeNumber(firstDelayMs);
  redis.hset(
    job,
    'epoch',
    0,
    'wake',
    1,
    'version',
    1,
    'notBefore',
    dueAt,
    'dueAt',
    dueAt,
    ...args.slice(10),
  );
  if (dueAt > now) redis.hset(job, 'retryAfterUntil', dueAt);
  redis.set(openJob, jobId);
  redis.zadd(due, dueAt, jobId);
  redis.zadd(`${index}:registered`, 0, jobId);
  redis.sadd(tenants, tenant);
  redis.sadd(origins, origin);
  const openJobs = redis.hincrby(provider, 'openJobs', 1);
  if (webhook === '1') openWebhooks(redis, webhooks, events);
  tellEvent(
    redis,
    { house: events, tenant: tenantEvents, maxLength: Number(maxLength) },
    { channel, json: event },
  );
  remember(jobId);
  return ['created', jobId, now, openJobs];
};
