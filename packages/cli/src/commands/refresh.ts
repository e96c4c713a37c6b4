import { apiOptions } from '../api-options.js';
import type { Command } from '../command.js';
import { UsageError } from '../command-error.js';
import { jobsNotes, jobsUsage } from '../control-command.js';
import { controlJobs } from '../control-jobs.js';
import { filterOptions, readJobs } from '../job-filter.js';
import { readOptions } from '../read-options.js';
import { readSecret } from '../read-source.js';

const options = {
  ...filterOptions,
  'bearer-token-file': {
    type: 'string',
    value: 'FILE',
    does: 'a new token for jobs whose token was submitted: the first line of this file; - is standard input',
  },
  ...apiOptions,
} as const;

/** Asks providers for fresh links. */
export const refresh: Command = {
  name: 'refresh',
  usage: `${jobsUsage} [--bearer-token-file FILE]`,
  does: 'ask the providers of completed jobs for fresh links',
  notes: jobsNotes,
  options,
  needs: 'api',
  writes: false,

  async run(args, parts) {
    const { values, positionals } = readOptions(args, options);
    const jobs = readJobs(positionals, values);
    const file = values['bearer-token-file'];
    // A token is bound to an origin; a filter may reach several.
    if (file !== undefined && 'filter' in jobs)
      throw new UsageError('--bearer-token-file is for jobs that are named by their ids.');
    const client = parts.openClient(values);
    const bearerToken = file === undefined ? undefined : await readSecret(file, parts.stdin);
    await controlJobs(
      {
        action: 'refresh',
        done: 'being refreshed',
        one: (api, id) => api.refreshJob(id, { bearerToken }),
      },
      jobs,
      { ...parts, client, json: values.json === true },
    );
  },
};
