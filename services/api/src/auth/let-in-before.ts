import { createHash } from 'node:crypto';
import { BoundedMap, type Clock } from '@bulkwatch/runtime';

/** Remembers which keys and tokens were good a while ago, by their SHA-256. */
export interface LetInBefore {
  has(text: string): boolean;
  add(text: string): void;
  delete(text: string): void;
}

const keptMs = 60 * 60_000;
const textsMax = 10_000;

export function createLetInBefore(clock: Pick<Clock, 'monotonicMs'>): LetInBefore {
  const untilMs = new BoundedMap<string, number>(textsMax);
  return {
    has: (text) => clock.monotonicMs() < (untilMs.get(digestOf(text)) ?? 0),
    add: (text) => untilMs.set(digestOf(text), clock.monotonicMs() + keptMs),
    delete: (text) => untilMs.delete(digestOf(text)),
  };
}

const digestOf = (text: string): string => createHash('sha256').update(text).digest('base64');
