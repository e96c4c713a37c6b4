import { apiOptions } from '../api-options.js';
import type { Command } from '../command.js';
import { UsageError } from '../command-error.js';
import { controlNamed } from '../control-jobs.js';
import { readOptions } from '../read-options.js';
import { readSecret } from '../read-source.js';

const options = {
  subscriber: { type: 'string', value: 'NAME', does: 'who has what it wants of the jobs' },
  'bearer-token-file': {
    type: 'string',
    value: 'FILE',
    does: 'a token for the delete request of jobs whose token was submitted: the first line of this file; - is standard input',
  },
  ...apiOptions,
} as const;

/** Says that a subscriber has what it wants of completed jobs. */
export const acknowledge: Command = {
  name: 'acknowledge',
  usage: 'ID ... --subscriber NAME [--bearer-token-file FILE]',
  does: 'say that a subscriber has what it wants of completed jobs',
  notes: [
    'Once all that are required have said so, the provider is sent a delete request, if the registration asks for that.',
    'With --json there is {"id": ..., "done": ..., "problem": ...} for each, on a line of its own.',
  ],
  options,
  needs: 'api',
  writes: false,

  async run(args, parts) {
    const { values, positionals: ids } = readOptions(args, options);
    const { subscriber, 'bearer-token-file': file } = values;
    if (ids.length === 0) throw new UsageError('Name the jobs by their ids.');
    if (subscriber === undefined) throw new UsageError('Name the subscriber with --subscriber.');
    const client = parts.openClient(values);
    const bearerToken = file === undefined ? undefined : await readSecret(file, parts.stdin);
    const one = (api: typeof client, id: string) =>
      api.acknowledgeJob(id, { subscriber, bearerToken });
    await controlNamed({ done: 'acknowledged', one }, ids, {
      ...parts,
      client,
      json: values.json === true,
    });
  },
};
