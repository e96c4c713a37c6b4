import type { Client, Pause, Provider } from '@bulkwatch/client';
import { apiOptions } from './api-options.js';
import type { Command } from './command.js';
import { UsageError } from './command-error.js';
import { readOptions } from './read-options.js';
import { readOrigin } from './read-origin.js';

const options = {
  everything: { type: 'boolean', does: 'all providers, of all tenants' },
  ...apiOptions,
} as const;

interface PauseCommandParts {
  readonly name: string;
  readonly does: string;
  /** What it is when it is done: `paused`. */
  readonly done: string;
  one(client: Client, origin: string): Promise<Provider>;
  all(client: Client): Promise<Pause>;
}

/** A command that pauses or resumes a provider, or everything. */
export function providerPauseCommand({ name, does, done, one, all }: PauseCommandParts): Command {
  return {
    name,
    usage: 'ORIGIN | --everything',
    does,
    options,
    needs: 'api',
    writes: false,

    async run(args, { openClient, out, say }) {
      const { values, positionals } = readOptions(args, options);
      if (values.everything && positionals.length > 0)
        throw new UsageError('Name one provider, or --everything.');
      const origin = values.everything ? undefined : readOrigin(positionals);
      const client = openClient(values);
      const result = await (origin === undefined ? all(client) : one(client, origin));
      if (values.json) out(JSON.stringify(result));
      else say(`${origin ?? 'Everything'} is ${done}.`);
    },
  };
}
