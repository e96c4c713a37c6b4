import type { Field } from '../redis/commands.js';
import type { ScriptArgument } from './transition.js';

/** A text as the arithmetic of Lua takes it: where there is none, or it is no number, the script fails. */
export function numberOf(value: Field): number {
  const number = value === undefined || value.trim() === '' ? Number.NaN : Number(value);
  if (Number.isNaN(number)) throw new Error(`a script cannot count with ${String(value)}`);
  return number;
}

/** `tonumber(value or 0)`. */
export const numberOrZero = (value: Field): number => (value === undefined ? 0 : numberOf(value));

/** Arguments none of which is bytes. */
export function textsOf(args: readonly ScriptArgument[]): readonly string[] {
  return args.map((argument) => {
    if (typeof argument !== 'string') throw new Error('a text was expected, not bytes');
    return argument;
  });
}

/** Whether a job is open, by the state in its record. */
export const isOpen = (state: Field): boolean => state === 'registered' || state === 'in-progress';

/** What Redis answers for a field: `nil` where it is not there. */
export const fieldReply = (value: Field): string | null => value ?? null;
