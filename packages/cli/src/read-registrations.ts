import type { RegistrationInput } from '@bulkwatch/client';
import { CommandError } from './command-error.js';

/** A registration, and the line that it was on. */
export interface NumberedRegistration {
  readonly line: number;
  readonly registration: RegistrationInput;
}

/**
 * Reads registrations, one a line: a status URL, or a JSON object with the members of a registration, which go before
 * those that all have in common. Blank lines and those that begin with # are passed over, and count.
 * Throws CommandError, which quotes nothing of the line: it may hold a token.
 */
export async function* readRegistrations(
  lines: Iterable<string> | AsyncIterable<string>,
  shared: Omit<RegistrationInput, 'statusUrl'>,
): AsyncGenerator<NumberedRegistration, void, void> {
  let line = 0;
  for await (const text of lines) {
    line += 1;
    const entry = text.trim();
    if (/^(#|$)/.test(entry)) continue;
    const own = entry.startsWith('{') ? readObject(entry, line) : { statusUrl: entry };
    // The api checks the shape, member by member, and names what is wrong.
    yield { line, registration: { ...shared, ...own } as RegistrationInput };
  }
}

function readObject(text: string, line: number): object {
  try {
    return JSON.parse(text) as object;
  } catch {
    throw new CommandError(
      `Line ${line} is no JSON. Some lines before it may have been registered; to do it all again is harmless.`,
    );
  }
}
