import type { Commands, Field } from '../../redis/commands.js';
import { numberOr, wordsOf } from './lua.js';

/** `lib/acknowledgement.lua`: when a completed job counts as acknowledged, and the delete request that may follow. */

export interface AcknowledgedKeys {
  readonly record: string;
  readonly due: string;
  readonly expiry: string;
  readonly expiring: string;
}

export const hasAcknowledged = (acknowledgements: Field, subscriber: string): boolean =>
  ` ${acknowledgements ?? ''}`.includes(` ${subscriber}:`);

export const isAcknowledged = (acknowledgements: Field, required: Field): boolean =>
  wordsOf(required ?? '').every((subscriber) => hasAcknowledged(acknowledgements, subscriber)) &&
  acknowledgements !== undefined;

function askForDelete(
  redis: Commands,
  keys: AcknowledgedKeys,
  jobId: string,
  { now, windowMs }: { readonly now: number; readonly windowMs: number },
): void {
  const refreshUntil = redis.hget(keys.record, 'refreshUntil');
  const from = Math.max(now, numberOr(refreshUntil, 0));
  redis.hset(keys.record, 'deleteUntil', from + windowMs);
  if (refreshUntil !== undefined) return;
  redis.hset(keys.record, 'notBefore', now, 'dueAt', now);
  redis.zadd(keys.due, now, jobId);
  redis.hincrby(keys.record, 'wake', 1);
}

/** To be called after each change of what it rests on. */
export function judgeAcknowledgement(
  redis: Commands,
  keys: AcknowledgedKeys,
  jobId: string,
  at: { readonly now: number; readonly windowMs: number },
): void {
  const { record } = keys;
  const [acknowledgements, required, acknowledgedAt, isWanted, ...rest] = redis.hmget(
    record,
    'acknowledgements',
    'requiredSubscribers',
    'acknowledgedAt',
    'deleteOnAcknowledge',
    'deletedAtProviderAt',
    'deleteReason',
    'deleteUntil',
    'hadToken',
    'sealedToken',
  );
  if (!isAcknowledged(acknowledgements, required)) {
    if (redis.hdel(record, 'acknowledgedAt') === 1) {
      redis.zadd(keys.expiry, at.now, jobId, { xx: true });
    }
    return;
  }
  if (acknowledgedAt === undefined) {
    redis.hset(record, 'acknowledgedAt', at.now);
    redis.zrem(keys.expiring, jobId);
  }
  const [deletedAt, deleteReason, deleteUntil, hadToken, sealedToken] = rest;
  const isDone = [deletedAt, deleteReason, deleteUntil].some((field) => field !== undefined);
  if (isWanted !== '1' || isDone) return;
  if (hadToken !== undefined && sealedToken === undefined) {
    redis.hset(record, 'deleteReason', 'bearer-token-needed');
    return;
  }
  askForDelete(redis, keys, jobId, at);
}

/** A completed job keeps a submitted token for this delete request only, and no longer than its files. */
export function dropIdleToken(redis: Commands, record: string): void {
  const [isWanted, deletedAt, deleteReason, expiresAt, told, deleteUntil] = redis.hmget(
    record,
    'deleteOnAcknowledge',
    'deletedAtProviderAt',
    'deleteReason',
    'expiresAt',
    'expiryTold',
    'deleteUntil',
  );
  const hasExpired =
    expiresAt !== undefined && told === `${expiresAt}-0` && deleteUntil === undefined;
  const isOver = deletedAt !== undefined || deleteReason !== undefined || hasExpired;
  if (isWanted !== '1' || isOver) redis.hdel(record, 'sealedToken');
}
