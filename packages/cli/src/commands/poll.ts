import { apiOptions } from '../api-options.js';
import type { Command } from '../command.js';
import { jobsNotes, jobsUsage } from '../control-command.js';
import { controlJobs } from '../control-jobs.js';
import { filterOptions, readJobs } from '../job-filter.js';
import { readOptions } from '../read-options.js';

const options = {
  ...filterOptions,
  force: { type: 'boolean', does: "pass the provider's Retry-After, for one request" },
  ...apiOptions,
} as const;

/** Makes jobs due now. */
export const poll: Command = {
  name: 'poll',
  usage: `${jobsUsage} [--force]`,
  does: 'have jobs polled now, as far as their providers allow it',
  notes: jobsNotes,
  options,
  needs: 'api',
  writes: false,

  async run(args, parts) {
    const { values, positionals } = readOptions(args, options);
    const { force } = values;
    const jobs = readJobs(positionals, values);
    const client = parts.openClient(values);
    await controlJobs(
      { action: 'poll', force, done: 'due now', one: (api, id) => api.pollNow(id, { force }) },
      jobs,
      { ...parts, client, json: values.json === true },
    );
  },
};
