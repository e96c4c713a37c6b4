import { UsageError } from './command-error.js';

interface Bounds {
  readonly name: string;
  readonly max: number;
}

/** Reads a whole number from 1 up; undefined where there is none. Throws UsageError. */
export function readCount(text: string | undefined, { name, max }: Bounds): number | undefined {
  if (text === undefined) return undefined;
  const count = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (!(count >= 1 && count <= max))
    throw new UsageError(`--${name} must be a whole number from 1 to ${max}.`);
  return count;
}
