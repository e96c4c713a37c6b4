import { apiOptions } from '../api-options.js';
import type { Command } from '../command.js';
import { UsageError } from '../command-error.js';
import { jobsNotes, jobsUsage } from '../control-command.js';
import { controlJobs } from '../control-jobs.js';
import { filterOptions, readJobs } from '../job-filter.js';
import { readOptions } from '../read-options.js';

const options = {
  ...filterOptions,
  'at-provider': {
    type: 'boolean',
    does: 'send the provider a delete request first, which ends the export; for ids only',
  },
  ...apiOptions,
} as const;

/** Stops the tracking of jobs. */
export const cancel: Command = {
  name: 'cancel',
  usage: `${jobsUsage} [--at-provider]`,
  does: 'stop tracking jobs; their exports go on unless --at-provider is given',
  notes: jobsNotes,
  options,
  needs: 'api',
  writes: false,

  async run(args, parts) {
    const { values, positionals } = readOptions(args, options);
    const deleteAtProvider = values['at-provider'];
    const jobs = readJobs(positionals, values);
    if (deleteAtProvider && 'filter' in jobs)
      throw new UsageError('--at-provider is for jobs that are named by their ids.');
    const client = parts.openClient(values);
    await controlJobs(
      {
        action: 'cancel',
        done: deleteAtProvider ? 'being cancelled' : 'cancelled',
        one: (api, id) => api.cancelJob(id, { deleteAtProvider }),
      },
      jobs,
      { ...parts, client, json: values.json === true },
    );
  },
};
