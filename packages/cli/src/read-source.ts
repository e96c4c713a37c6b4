import { createReadStream } from 'node:fs';
import { CommandError } from './command-error.js';
import { readLines } from './read-lines.js';

/**
 * Lines of a file, or of standard input where it is called `-`. Throws CommandError where it cannot be read.
 */
export async function* readSource(
  file: string,
  stdin: AsyncIterable<string | Uint8Array>,
): AsyncGenerator<string, void, void> {
  try {
    yield* readLines(file === '-' ? stdin : createReadStream(file));
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : undefined;
    if (code === undefined) throw error;
    throw new CommandError(`${file} cannot be read: ${code}.`);
  }
}

/** A secret that is the first line of a file or of standard input. Throws CommandError where there is none. */
export async function readSecret(
  file: string,
  stdin: AsyncIterable<string | Uint8Array>,
): Promise<string> {
  for await (const line of readSource(file, stdin)) if (line.trim() !== '') return line.trim();
  throw new CommandError(`${file} is empty.`);
}
