import { argumentOf } from '../redis/lua-number.js';
import { texts } from './lib/lua.js';
import type { Transition } from './transition.js';

/** `find-overdue.lua` */
export const findOverdue: Transition = (redis, keys, args) => {
  const [due, jobs] = texts<2>(keys);
  const [graceMs, offset, limit] = texts<3>(args).map(Number) as [number, number, number];
  const now = redis.time();

  const overdue = redis
    .zrangebyscore(due, { score: -Infinity }, { score: now - graceMs }, offset + limit)
    .slice(offset);
  return [
    now,
    ...overdue.flatMap(([id, dueAt]) => [
      id,
      redis.hget(`${jobs}:${id}`, 'wake') ?? '',
      argumentOf(dueAt),
    ]),
  ];
};
