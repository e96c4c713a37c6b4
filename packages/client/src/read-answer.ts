import type { Job } from '@bulkwatch/contract';
import { type Answer, unreadable } from './exchange.js';

/**
 * Reads an answer as JSON. Only the members that the shape cannot do without are looked for, since answers may gain
 * members in later versions of the api.
 * Throws a BulkwatchError, `response-unreadable`, where they are missing: it is then something else that answered.
 */
export function readAnswer<T extends object>(
  answer: Answer,
  ...members: readonly (keyof T & string)[]
): T {
  const value = parse(answer);
  if (!hasAll(value, members)) throw unreadable(answer);
  return value as T;
}

export const readJob = (answer: Answer): Job => readAnswer<Job>(answer, 'id', 'state', 'settledAt');

/** Reads an answer that has one JSON object on each line. */
export function readLines<T extends object>(
  answer: Answer,
  ...members: readonly (keyof T & string)[]
): T[] {
  return answer.text
    .split('\n')
    .filter((line) => line !== '')
    .map((text) => readAnswer<T>({ ...answer, text }, ...members));
}

function parse(answer: Answer): unknown {
  try {
    return JSON.parse(answer.text);
  } catch {
    throw unreadable(answer);
  }
}

function hasAll(value: unknown, members: readonly string[]): boolean {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    members.every((member) => member in value)
  );
}
