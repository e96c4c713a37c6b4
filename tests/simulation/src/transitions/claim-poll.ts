import type { ScriptReply } from '@bulkwatch/store/parts';
import { textOf } from '../redis/lua-number.js';
import { mustBeNumber, numberOr, texts } from './lib/lua.js';
import { enterGate, readGate, waitAtGate } from './lib/provider-gate.js';
import type { Transition } from './transition.js';

const judgedFields = [
  'state',
  'wake',
  'notBefore',
  'epoch',
  'nonce',
  'provider',
  'retryAfterMs',
  'intent',
  'dueAt',
  'deadlineAt',
  'tenant',
  'turn',
  'heldBy',
  'pausedAt',
  'forced',
  'refreshUntil',
  'cancelRequestedAt',
  'deleteUntil',
] as const;

const toldFields = [
  'tenant',
  'statusUrl',
  'protocol',
  'provider',
  'credential',
  'sealedToken',
  'state',
  'progress',
  'deadlineAt',
  'failureCount',
  'failingSince',
  'backoffCount',
  'suspectReason',
  'suspectCount',
  'cancelRequestedAt',
  'preset',
  'health',
  'memory',
  'sealedStatusUrl',
  'urlFingerprint',
  'retryAfterMs',
  'reason',
  'progressPercent',
  'movedAt',
  'stalledAt',
  'percentFrom',
  'percentFromAt',
  'retryAfterUntil',
  'refreshUntil',
  'manifestVersion',
  'deleteUntil',
  'traceparent',
] as const;

/** `claim-poll.lua` */
export const claimPoll: Transition = (redis, keys, args): ScriptReply => {
  const [jobKey, due, providers, house] = texts<4>(keys);
  const [jobId, askedWake, nonce, budget, floor, limits, lookMin, lookMax, dice, deleteWindow] =
    texts<10>(args);
  const now = redis.time();
  const budgetMs = Number(budget);

  const record = redis.hmget(jobKey, ...judgedFields);
  const [state, wake = '0', , , lastNonce, origin, retryAfterMs, asked, , deadline] = record;
  const [tenant, turn, heldBy, pausedAt, forced, refreshUntil, cancelledAt, deleteUntil] =
    record.slice(10);
  const notBefore = numberOr(record[2], 0);
  const epoch = numberOr(record[3], 0);
  const dueAt = record[8] ?? now;
  const isForced = forced === '1';
  const isAfterwards = refreshUntil !== undefined || deleteUntil !== undefined;
  const intent =
    asked ?? (deleteUntil !== undefined && refreshUntil === undefined ? 'delete' : undefined);
  const deadlineAt =
    asked === undefined
      ? numberOr(refreshUntil ?? deleteUntil ?? deadline, Infinity)
      : numberOr(cancelledAt, now) + Number(deleteWindow);

  const gate = readGate(redis, `${providers}:${origin ?? ''}`, limits, now);

  const claimed = (number: number, action: string | undefined): ScriptReply => {
    const job = redis.hmget(jobKey, ...toldFields);
    const told = [action, ...gate.history, ...job].map((value) => value ?? null);
    return ['claimed', number, now, dueAt, ...told];
  };

  if (state === undefined) {
    redis.zrem(due, jobId);
    return ['missing'];
  }
  if (state !== 'registered' && state !== 'in-progress' && !isAfterwards) return ['settled'];
  if (wake !== askedWake) return ['superseded'];
  if (lastNonce === nonce) return claimed(epoch, redis.hget(jobKey, 'action'));
  if (now < notBefore) return ['early', notBefore - now, now, '', gate.openJobs];

  const grant = (action: string, waitMs: number): ScriptReply => {
    const ahead = now + budgetMs + waitMs;
    redis.hset(jobKey, 'epoch', epoch + 1, 'nonce', nonce, 'action', action, 'notBefore', ahead);
    if (turn !== undefined || heldBy !== undefined || forced !== undefined) {
      redis.hdel(jobKey, 'turn', 'heldBy', 'forced');
    }
    redis.zadd(due, ahead, jobId);
    return claimed(epoch + 1, action);
  };

  const hold = (wanted: number, by: string, booked?: number): ScriptReply => {
    const takesTurn = by === 'pace' || by === 'concurrency';
    let instant = wanted;
    if (!takesTurn) {
      if (now >= deadlineAt) return grant('abandon', Number(floor));
      instant = Math.min(instant, deadlineAt);
      redis.hset(jobKey, 'dueAt', instant);
    }
    instant = Math.max(now + 1, instant);
    redis.hset(jobKey, 'notBefore', instant, 'heldBy', by);
    if (booked !== undefined) redis.hset(jobKey, 'turn', booked);
    redis.zadd(due, instant, jobId);
    return ['early', instant - now, now, by, gate.openJobs];
  };

  if (pausedAt !== undefined && intent === undefined) return hold(deadlineAt, 'paused');
  const operator = redis.hexists(house, 'operatorPausedAt')
    ? 'all-paused'
    : gate.isOperatorPaused && 'provider-paused';
  if (operator) {
    const stretch = Math.max(Number(lookMin), Math.min(2 * redis.zcard(due), Number(lookMax)));
    return hold(now + Math.ceil(stretch * (0.5 + Number(dice) / 2)), operator);
  }
  const wait = waitAtGate(redis, gate, {
    tenant: tenant ?? '',
    turn: turn === undefined ? undefined : mustBeNumber(turn),
    budgetMs,
    passes: {
      wait: asked !== undefined || isForced,
      circuit: isForced,
      turns: asked !== undefined || (isForced && gate.isStanding),
    },
  });
  if (wait) return hold(wait.instant, wait.by, wait.turn);
  enterGate(redis, gate, `${jobId}:${textOf(epoch + 1)}`, budgetMs);

  const rhythmMs =
    intent === undefined ? Math.max(numberOr(retryAfterMs, 0), gate.retryAfterMs) : 0;
  return grant(intent ?? 'poll', Math.max(Number(floor), rhythmMs));
};
