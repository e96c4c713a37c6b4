import type { ScriptReply } from '@bulkwatch/store/parts';
import type { Commands } from '../redis/commands.js';
import { dropIdleToken } from './lib/acknowledgement.js';
import { countPolls } from './lib/count-polls.js';
import { armExpiry } from './lib/expiry-clock.js';
import { learnDuration } from './lib/export-history.js';
import { keepPage } from './lib/keep-page.js';
import { learnWaits } from './lib/learn-waits.js';
import { numberOr, type Texts, texts, toNumber } from './lib/lua.js';
import { notePolledHealth } from './lib/poll-health.js';
import { leaveGate } from './lib/provider-breaker.js';
import { tellEvent } from './lib/tell-event.js';
import type { ScriptArgument, Transition } from './transition.js';

/** What the arguments are, by the header of the script. */
function read(args: readonly ScriptArgument[]) {
  const [jobId, epoch, state, delay, poll, timeline, pollsToCount, retryAfterMs, pauseMs] =
    texts<28>(args);
  const [maxLength, , pageField, , refusedToken, renewedDelayMs, cleared, told, verdict, service] =
    args.slice(9) as Texts<18>;
  const [failures, firstMs, longestMs, limits, scored, aheadMs, health, askedMs, nonce] =
    args.slice(19) as Texts<9>;
  const firstEvent = 28 + Number(cleared);
  const firstCounter = firstEvent + 2 * Number(told);
  const firstField = firstCounter + Number(scored);
  return {
    jobId,
    epoch,
    nonce,
    state,
    delayMs: Number(delay),
    poll,
    timelineLength: Number(timeline),
    pollsToCount,
    asked: { retryAfterMs, pauseMs },
    maxLength: Number(maxLength),
    manifest: args[10] as ScriptArgument,
    pageField,
    page: args[12] as ScriptArgument,
    refusedToken,
    renewedDelayMs: Number(renewedDelayMs),
    told: { verdict, serviceMs: toNumber(service) },
    breaker: {
      threshold: Number(failures),
      firstMs: Number(firstMs),
      longestMs: Number(longestMs),
      limits,
    },
    aheadMs,
    health,
    askedMs: askedMs === '' ? undefined : Number(askedMs),
    cleared: args.slice(28, firstEvent) as string[],
    events: args.slice(firstEvent, firstCounter) as string[],
    counters: args.slice(firstCounter, firstField) as string[],
    fields: args.slice(firstField),
  };
}

function readKeys(keys: readonly string[]) {
  const [record, due, polls, provider, events, manifest, index, openJob] = texts<16>(keys);
  const [pages, tenantEvents, durations, score, out, expiry, expiring, health] = keys.slice(
    8,
  ) as Texts<8>;
  return {
    record,
    due,
    polls,
    provider,
    events,
    manifest,
    index,
    openJob,
    pages,
    tenantEvents,
    durations,
    score,
    out,
    expiry,
    expiring,
    health,
  };
}

type Keys = ReturnType<typeof readKeys>;
type Asked = ReturnType<typeof read>;

/** `apply-decision.lua` */
export const applyDecision: Transition = (redis, names, args): ScriptReply => {
  const keys = readKeys(names);
  const asked = read(args);
  const now = redis.time();

  const [state, epoch, applied, notBefore, refreshUntil, deleteUntil, pausedAt, nonce] =
    redis.hmget(
      keys.record,
      'state',
      'epoch',
      'appliedEpoch',
      'notBefore',
      'refreshUntil',
      'deleteUntil',
      'pausedAt',
      'nonce',
    );
  if (epoch === asked.epoch && nonce !== undefined && nonce !== asked.nonce)
    return ['stale', '', now, ''];
  const isAfterwards =
    state === 'completed' && (refreshUntil !== undefined || deleteUntil !== undefined);
  const isOpen = state === 'registered' || state === 'in-progress' || isAfterwards;

  if (applied === asked.epoch && epoch === asked.epoch) {
    if (isOpen) return ['again', Math.max(0, numberOr(notBefore, 0) - now), now, '', 0];
    return ['settled', state ?? null, now, ''];
  }
  const request = `${asked.jobId}:${asked.epoch}`;
  const breaker = { ...asked.breaker, out: keys.out };
  const left = leaveGate(redis, keys.provider, { request, now, told: asked.told }, breaker);
  if (!isOpen || epoch !== asked.epoch) return ['stale', '', now, left.circuit];

  write(redis, keys, asked, { state, now, isPaused: pausedAt !== undefined });

  const delay = nextDelay(redis, keys, asked);
  if (delay >= 0) {
    const until = asked.askedMs === undefined ? [] : ['retryAfterUntil', now + asked.askedMs];
    redis.hset(keys.record, 'notBefore', now + delay, 'dueAt', now + delay, ...until);
    redis.zadd(keys.due, now + delay, asked.jobId);
    return ['again', delay, now, left.circuit, left.openJobs];
  }
  settle(redis, keys, asked.jobId, isAfterwards);
  return ['settled', asked.state, now, left.circuit];
};

interface Before {
  readonly state: string | undefined;
  readonly now: number;
  readonly isPaused: boolean;
}

function write(redis: Commands, keys: Keys, asked: Asked, before: Before): void {
  const { record } = keys;
  const { state, now } = before;
  if (asked.cleared.length > 0) redis.hdel(record, ...asked.cleared);
  redis.hset(record, 'state', asked.state, 'appliedEpoch', asked.epoch, ...asked.fields);
  redis.hincrby(record, 'version', 1);
  if (asked.pollsToCount !== '0') redis.hincrby(record, 'pollCount', Number(asked.pollsToCount));
  if (asked.poll !== '') {
    redis.lpush(keys.polls, asked.poll);
    redis.ltrim(keys.polls, 0, asked.timelineLength - 1);
  }
  const job = { index: keys.health, id: asked.jobId };
  const isSettled = asked.delayMs < 0;
  notePolledHealth(redis, job, asked.health, { isPaused: before.isPaused, isSettled });
  if (state !== asked.state) {
    redis.zrem(`${keys.index}:${state}`, asked.jobId);
    redis.zadd(`${keys.index}:${asked.state}`, 0, asked.jobId);
    if (asked.state === 'completed') learnDuration(redis, { job: record, state }, keys, now);
  }
  learnWaits(redis, keys.provider, now, asked.asked);
  if (asked.pageField !== '') keepPage(redis, keys, asked.pageField, asked.page);
  const streams = { house: keys.events, tenant: keys.tenantEvents, maxLength: asked.maxLength };
  for (let i = 0; i + 1 < asked.events.length; i += 2) {
    const [channel = '', json = ''] = asked.events.slice(i, i + 2);
    tellEvent(redis, streams, { channel, json });
  }
  countPolls(redis, keys.score, asked.counters);
  if (asked.manifest.length > 0) redis.set(keys.manifest, asked.manifest);
}

/** Ms until the next poll; less than 0 where there is none. */
function nextDelay(redis: Commands, keys: Keys, asked: Asked): number {
  let delay = asked.delayMs;
  if (delay < 0 && asked.state === 'completed') {
    dropIdleToken(redis, keys.record);
    armExpiry(redis, keys, asked.jobId, asked.aheadMs);
    if (redis.hexists(keys.record, 'deleteUntil')) delay = 0;
  }
  const { refusedToken, renewedDelayMs } = asked;
  if (refusedToken !== '' && redis.hget(keys.record, 'sealedToken') !== refusedToken) {
    delay = Math.min(delay, renewedDelayMs);
  }
  return delay;
}

function settle(redis: Commands, keys: Keys, jobId: string, isAfterwards: boolean): void {
  redis.zrem(keys.due, jobId);
  const left = isAfterwards ? 1 : redis.hincrby(keys.provider, 'openJobs', -1);
  if (left <= 0) {
    redis.srem(keys.out, keys.provider);
    redis.hset(keys.provider, 'openJobs', 0);
  }
  if (redis.get(keys.openJob) === jobId) redis.del(keys.openJob);
}
