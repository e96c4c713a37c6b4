import type { Answer } from './answer.js';

/** Numbers from here on are instants, in epoch seconds or milliseconds, and no waits. */
const firstEpochSeconds = 1e9;
const firstEpochMs = 1e12;
const sanityMs = 7 * 86_400_000;

/**
 * The delay in ms that an answer asks for by its Retry-After: whole seconds or an IMF-fixdate (RFC 9110
 * sections 10.2.3 and 5.6.7), or the instant in epoch seconds or ms that some servers send, where it is not
 * more than a week away. Null for anything else, which asks for nothing that can be held to.
 *
 * @param now epoch ms
 */
export function askedDelayMs({ headers = {} }: Answer, now: number): number | null {
  const value = Object.entries(headers).findLast(([name]) => /^retry-after$/i.test(name))?.[1];
  if (typeof value !== 'string') return null;
  if (/^\d+$/.test(value)) return delayOfNumber(Number(value), now);
  if (/^\w{3}, \d\d \w{3} \d{4} [\d:]{8} GMT$/.test(value)) {
    return Math.max(0, Date.parse(value) - now);
  }
  return null;
}

function delayOfNumber(value: number, now: number): number | null {
  if (value < firstEpochSeconds) return value * 1_000;
  const delayMs = (value < firstEpochMs ? value * 1_000 : value) - now;
  return Math.abs(delayMs) <= sanityMs ? Math.max(0, delayMs) : null;
}
