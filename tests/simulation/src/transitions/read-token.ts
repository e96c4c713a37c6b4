import type { Field } from '../redis/commands.js';
import { fieldReply } from './lib/job-fields.js';
import { numberOr } from './lib/lua.js';
import type { Transition } from './transition.js';

/** `read-token.lua` */
export const readToken: Transition = (redis, [slotKey = '']) => {
  const now = redis.time();
  const slot = redis.hmget(
    slotKey,
    'version',
    'generation',
    'token',
    'renewAt',
    'expiresAt',
    'replacedCount',
    'outage',
    'outageEndsAt',
    'lockedUntil',
  );
  const left = (instant: Field) => Math.max(numberOr(instant, 0) - now, 0);
  return [
    slot[0] ?? '0',
    fieldReply(slot[1]),
    fieldReply(slot[2]),
    left(slot[3]),
    left(slot[4]),
    slot[5] ?? '0',
    fieldReply(slot[6]),
    left(slot[7]),
    left(slot[8]),
  ];
};
