import { readFileSync } from 'node:fs';
import { RequirementsError } from '../requirements-error.js';

/**
 * A file that others may replace while we run. Gives what is in it now; where that cannot be had or is empty, because it
 * is just being written, what was in it before.
 *
 * @throws RequirementsError when it cannot be read for the first time.
 */
export function freshFile(file: string, what: string): () => string {
  let last = readFirst(file, what);
  return () => {
    try {
      last = readFileSync(file, 'utf8') || last;
    } catch {
      // What is in force stays so: the file is looked at again for the next connection.
    }
    return last;
  };
}

function readFirst(file: string, what: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const { code = 'unknown error' } = error as NodeJS.ErrnoException;
    throw new RequirementsError([`Its ${what} ${file} cannot be read (${code}).`]);
  }
}
