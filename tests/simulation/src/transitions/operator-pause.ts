import { fieldReply } from './lib/job-fields.js';
import { texts } from './lib/lua.js';
import type { Transition } from './transition.js';

/** `set-operator-pause.lua` */
export const setOperatorPause: Transition = (redis, [record = '', paused = ''], args) => {
  const [what, by] = texts<2>(args);
  const now = redis.time();
  if (by === '') {
    redis.hdel(record, 'operatorPausedAt', 'operatorPausedBy');
    redis.srem(paused, what);
    return ['', '', now];
  }
  if (redis.hsetnx(record, 'operatorPausedAt', now) === 1) {
    redis.hset(record, 'operatorPausedBy', by);
    redis.sadd(paused, what);
  }
  const [at, who] = redis.hmget(record, 'operatorPausedAt', 'operatorPausedBy');
  return [fieldReply(at), fieldReply(who), now];
};
