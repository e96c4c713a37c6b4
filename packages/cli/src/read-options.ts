import { type ParseArgsConfig, parseArgs } from 'node:util';
import { UsageError } from './command-error.js';

type Options = NonNullable<ParseArgsConfig['options']>;
type Parsed<O extends Options> = ReturnType<
  typeof parseArgs<{ args: string[]; options: O; allowPositionals: true; strict: true }>
>;

/** Reads the options of a command, and its other arguments where it takes some. Throws UsageError. */
export function readOptions<const O extends Options>(args: string[], options: O): Parsed<O> {
  try {
    return parseArgs({ args, options, allowPositionals: true, strict: true });
  } catch (error) {
    // Node's message names the option, and says how one with a dash is written.
    throw new UsageError(error instanceof Error ? error.message : 'The options cannot be read.');
  }
}
