import { argumentOf } from '../redis/lua-number.js';
import { mustBeNumber, numberOr, texts } from './lib/lua.js';
import type { Transition } from './transition.js';

/** `take-request.lua` */
export const takeRequest: Transition = (redis, [bucket = ''], args) => {
  const [requests, windowMs] = texts<2>(args);
  // In microseconds.
  const now = redis.time() * 1000;
  const each = Math.max(1, Math.floor((mustBeNumber(windowMs) * 1000) / mustBeNumber(requests)));
  const whole = each * mustBeNumber(requests);

  let full = Math.max(now, numberOr(redis.get(bucket), 0));
  const wait = full + each - now - whole;
  if (wait > 0) return [0, 0, Math.ceil(wait / 1000), Math.ceil((full - now) / 1000)];

  full += each;
  const untilFull = Math.ceil((full - now) / 1000);
  redis.set(bucket, argumentOf(full), { pxMs: untilFull });
  return [1, Math.floor((now + whole - full) / each), 0, untilFull];
};
