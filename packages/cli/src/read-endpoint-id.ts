import { UsageError } from './command-error.js';

/** The id of the one webhook endpoint that is meant. Throws UsageError. */
export function readEndpointId(positionals: readonly string[]): string {
  const [id, ...others] = positionals;
  if (id === undefined || id === '' || others.length > 0)
    throw new UsageError('Name the id of one webhook endpoint; webhooks list shows them.');
  return id;
}
