import { argumentOf } from '../redis/lua-number.js';
import { numberOf, numberOrZero, textsOf } from './script-values.js';
import type { Transition } from './transition.js';

/** take-request.lua */
export const takeRequest: Transition = (redis, [bucket = ''], args) => {
  const [requests, windowMs] = textsOf(args);
  // In microseconds.
  const now = redis.time() * 1000;
  const window = numberOf(windowMs) * 1000;
  const each = Math.max(1, Math.floor(window / numberOf(requests)));

  let full = Math.max(now, numberOrZero(redis.get(bucket)));
  const wait = full + each - now - window;
  if (wait > 0) return [0, 0, Math.ceil(wait / 1000), Math.ceil((full - now) / 1000)];

  full += each;
  const untilFull = Math.ceil((full - now) / 1000);
  redis.set(bucket, argumentOf(full), { pxMs: untilFull });
  return [1, Math.floor((now + window - full) / each), 0, untilFull];
};
