import type { Transition } from './transition.js';

/** `reseal-job.lua` */
export const resealJob: Transition = (redis, [jobKey = ''], args) => {
  const swaps = Array.from({ length: Math.ceil(args.length / 3) }, (_, i) =>
    args.slice(3 * i, 3 * i + 3).map(String),
  );
  if (swaps.some(([field = '', read]) => redis.hget(jobKey, field) !== read)) return ['changed'];
  for (const [field = '', , sealed = ''] of swaps) redis.hset(jobKey, field, sealed);
  return ['resealed'];
};
