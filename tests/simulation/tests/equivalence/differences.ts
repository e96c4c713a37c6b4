import type { KeyImage, RedisImage } from './redis-image.js';

/** How far two numbers may be apart: their texts are made by different hands, of sums made in different order. */
const relativeError = 1e-9;
/** What the clocks of two processes, and a timer, may be apart. */
const clockErrorMs = 10;

/** Whether two texts are the same, or numbers that are as good as the same. */
export function isSameText(a: string, b: string): boolean {
  if (a === b) return true;
  if (!isNumber(a) || !isNumber(b)) return false;
  const [x, y] = [Number(a), Number(b)];
  return x === y || Math.abs(x - y) <= relativeError * Math.max(Math.abs(x), Math.abs(y));
}

const isNumber = (text: string): boolean => /^-?\d+(\.\d+)?(e[-+]?\d+)?$/.test(text);

/**
 * What a real Redis and its stand-in hold differently, as sentences. `elapsedMs` is for how long keys may have aged
 * by the host's clock while they did not by the simulated one.
 */
export function differencesOf(
  real: RedisImage,
  simulated: RedisImage,
  elapsedMs: number,
): readonly string[] {
  const keys = new Set([...real.keys(), ...simulated.keys()]);
  return [...keys].flatMap((key) => {
    const [theirs, ours] = [real.get(key), simulated.get(key)];
    if (!theirs) return [`${key} is in the key space only: ${show(ours)}`];
    if (!ours) return [`${key} is in Redis only: ${show(theirs)}`];
    return [...differentHolds(theirs, ours), ...differentLife(theirs, ours, elapsedMs)].map(
      (what) => `${key}: ${what}`,
    );
  });
}

function differentHolds(real: KeyImage, simulated: KeyImage): readonly string[] {
  if (real.type !== simulated.type) return [`a ${real.type} in Redis, here a ${simulated.type}`];
  const names = (image: KeyImage) => image.holds.map(([name]) => name).join(' ');
  if (names(real) !== names(simulated)) {
    return [`has ${names(real)} in Redis, here ${names(simulated)}`];
  }
  return real.holds.flatMap(([name, value], place) => {
    const ours = simulated.holds[place]?.[1] ?? '';
    return isSameText(value, ours) ? [] : [`${name} is ${value} in Redis, here ${ours}`];
  });
}

function differentLife(real: KeyImage, simulated: KeyImage, elapsedMs: number): readonly string[] {
  if (real.ttlMs === -1 && simulated.ttlMs === -1) return [];
  const isAlike =
    real.ttlMs >= 0 &&
    simulated.ttlMs >= 0 &&
    real.ttlMs <= simulated.ttlMs + clockErrorMs &&
    real.ttlMs >= simulated.ttlMs - elapsedMs - clockErrorMs;
  return isAlike ? [] : [`lives for ${real.ttlMs} ms in Redis, here for ${simulated.ttlMs} ms`];
}

const show = (image: KeyImage | undefined): string =>
  image ? `${image.type} ${JSON.stringify(image.holds)}` : 'nothing';
