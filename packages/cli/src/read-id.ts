import { UsageError } from './command-error.js';

/** The id of the one job that is meant. Throws UsageError. */
export function readId(positionals: readonly string[]): string {
  const [id, ...others] = positionals;
  if (id === undefined || id === '' || others.length > 0)
    throw new UsageError('Name the id of one job.');
  return id;
}
