import type { Commands } from '../redis/commands.js';
import { hasAcknowledged, judgeAcknowledgement } from './lib/acknowledgement.js';
import { fieldReply } from './lib/job-fields.js';
import { mustBeNumber, numberOr, texts } from './lib/lua.js';
import type { Transition } from './transition.js';

/** `acknowledge.lua` */
export const acknowledge: Transition = (redis, keys, args) => {
  const [record, due, expiry, expiring] = texts<4>(keys);
  const [jobId, subscriber, sealedToken, windowMs, othersMax] = texts<5>(args);
  const now = redis.time();
  const [state, acknowledgements, requiredSubscribers, isDeleteWanted, deletedAt] = redis.hmget(
    record,
    'state',
    'acknowledgements',
    'requiredSubscribers',
    'deleteOnAcknowledge',
    'deletedAtProviderAt',
  );
  if (state === undefined) return ['missing'];
  if (state !== 'completed') return ['not-completed'];

  const required = ` ${requiredSubscribers ?? ''} `;
  const isOther = (name: string) => !required.includes(` ${name} `);
  const isNew = !hasAcknowledged(acknowledgements, subscriber);
  if (isNew) {
    const others = subscribersOf(acknowledgements ?? '').filter(isOther);
    if (isOther(subscriber) && others.length >= mustBeNumber(othersMax)) return ['too-many'];
    const before = acknowledgements === undefined ? '' : `${acknowledgements} `;
    redis.hset(record, 'acknowledgements', `${before}${subscriber}:${now}`);
  }

  const hasToken = sealedToken !== '' && isDeleteWanted === '1' && deletedAt === undefined;
  if (hasToken) renewToken(redis, { record, due, jobId }, { sealedToken, now });
  const at = { now, windowMs: mustBeNumber(windowMs) };
  judgeAcknowledgement(redis, { record, due, expiry, expiring }, jobId, at);
  if (isNew || hasToken) redis.hincrby(record, 'version', 1);
  return ['acknowledged', isNew ? '1' : '', ...dueReply(redis, record, now)];
};

/** `wake` of a job, and in how many ms it is due, or '' where it is not. */
export function dueReply(redis: Commands, record: string, now: number): (string | number | null)[] {
  const [wake, notBefore] = redis.hmget(record, 'wake', 'notBefore');
  const left = notBefore === undefined ? '' : Math.max(0, mustBeNumber(notBefore) - now);
  return [fieldReply(wake), left];
}

const subscribersOf = (acknowledgements: string): readonly string[] =>
  [...acknowledgements.matchAll(/([^ \t\n\v\f\r]+):\d+/g)].map(([, name = '']) => name);

/** With another token, a delete request that waits or was not taken is sent again. */
function renewToken(
  redis: Commands,
  { record, due, jobId }: { readonly record: string; readonly due: string; readonly jobId: string },
  { sealedToken, now }: { readonly sealedToken: string; readonly now: number },
): void {
  redis.hset(record, 'sealedToken', sealedToken);
  redis.hdel(record, 'deleteReason');
  const [deleteUntil, refreshUntil, epoch, appliedEpoch, turn, notBefore, retryAfterUntil] =
    redis.hmget(
      record,
      'deleteUntil',
      'refreshUntil',
      'epoch',
      'appliedEpoch',
      'turn',
      'notBefore',
      'retryAfterUntil',
    );
  const soonest = Math.max(now, numberOr(retryAfterUntil, 0));
  const isAsked = deleteUntil !== undefined && refreshUntil === undefined;
  const isIdle = isAsked && epoch === appliedEpoch && turn === undefined;
  if (!isIdle || soonest >= numberOr(notBefore, Infinity)) return;
  redis.hset(record, 'notBefore', soonest, 'dueAt', soonest);
  redis.hdel(record, 'heldBy');
  redis.zadd(due, soonest, jobId);
  redis.hincrby(record, 'wake', 1);
}
