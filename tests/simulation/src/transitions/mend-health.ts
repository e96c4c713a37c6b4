import { argumentOf } from '../redis/lua-number.js';
import { isOpen } from './lib/job-fields.js';
import { mustBeNumber, texts } from './lib/lua.js';
import { noteHealth } from './lib/poll-health.js';
import type { Transition } from './transition.js';

/** `mend-health.lua` */
export const mendHealth: Transition = (redis, keys, args) => {
  const [jobs, index] = texts<2>(keys);
  const firstId = 1 + 2 * mustBeNumber(texts<1>(args)[0]);
  const told = args.slice(1, firstId).map(String);
  const scores = new Map(told.flatMap((name, i) => (i % 2 === 0 ? [[name, told[i + 1]]] : [])));

  let mended = 0;
  for (const id of args.slice(firstId).map(String)) {
    const [state, health, pausedAt] = redis.hmget(`${jobs}:${id}`, 'state', 'health', 'pausedAt');
    const name = pausedAt === undefined ? (health ?? 'ok') : 'paused';
    const score = (isOpen(state) ? scores.get(name) : undefined) ?? '0';
    const known = redis.zscore(index, id);
    if ((known === undefined ? '0' : argumentOf(known)) === score) continue;
    noteHealth(redis, index, id, mustBeNumber(score));
    mended += 1;
  }
  return [mended];
};
