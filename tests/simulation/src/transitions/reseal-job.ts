import { textsOf } from './script-values.js';
import type { Transition } from './transition.js';

/** reseal-job.lua */
export const resealJob: Transition = (redis, [jobKey = ''], args) => {
  const texts = textsOf(args);
  const swaps = Array.from({ length: Math.ceil(texts.length / 3) }, (_, i) =>
    texts.slice(3 * i, 3 * i + 3),
  );
  if (swaps.some(([field = '', read]) => redis.hget(jobKey, field) !== read)) return ['changed'];
  for (const [field = '', , sealed = ''] of swaps) redis.hset(jobKey, field, sealed);
  return ['resealed'];
};
