import type { ScriptArgument } from '../transition.js';

/** So many texts, one for each key or argument of a script. */
export type Texts<N extends number, Made extends string[] = []> = Made['length'] extends N
  ? Made
  : Texts<N, [...Made, string]>;

/** Keys, or arguments, by their places in the header of the script, which is where each is known to be a text. */
export const texts = <N extends number>(values: readonly ScriptArgument[]): Texts<N> =>
  values as unknown as Texts<N>;

/** Lua's `tonumber`: nothing where there is no number to read. */
export function toNumber(value: string | number | undefined): number | undefined {
  if (value === undefined || value === '') return undefined;
  if (value === 'inf') return Infinity;
  const number = Number(value);
  return Number.isNaN(number) ? undefined : number;
}

/** Lua's `tonumber(value or other)`. */
export const numberOr = (value: string | undefined, other: number): number =>
  value === undefined ? other : mustBeNumber(value);

/** A text that Lua counts with; a script that meets another one fails. */
export function mustBeNumber(value: string | undefined): number {
  const number = toNumber(value);
  if (number === undefined) throw new Error(`attempt to perform arithmetic on ${String(value)}`);
  return number;
}

/** Lua's `%S+`, all of them: what stands between blanks. */
export const wordsOf = (value: string): readonly string[] => value.match(/[^ \t\n\v\f\r]+/g) ?? [];
