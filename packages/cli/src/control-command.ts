import { apiOptions } from './api-options.js';
import type { Command } from './command.js';
import { type Control, controlJobs } from './control-jobs.js';
import { filterOptions, readJobs } from './job-filter.js';
import { readOptions } from './read-options.js';

const options = { ...filterOptions, ...apiOptions } as const;

/** How the help says that jobs are named by their ids, or by what they match. */
export const jobsUsage =
  'ID ... | [--state STATE] [--health HEALTH] [--provider ORIGIN] [--label KEY:VALUE ...]';

/** What commands that act on jobs say of what they write. */
export const jobsNotes = [
  'A filter is for all jobs that match, however many; each is told of. To do it again is harmless.',
  'With --json there is {"id": ..., "done": ..., "problem": ...} for each, on a line of its own.',
];

/** A command that does one thing with jobs and has no options of its own. */
export function controlCommand(
  name: string,
  does: string,
  control: Pick<Control, 'action' | 'done' | 'one'>,
): Command {
  return {
    name,
    usage: jobsUsage,
    does,
    notes: jobsNotes,
    options,
    needs: 'api',
    writes: false,

    async run(args, parts) {
      const { values, positionals } = readOptions(args, options);
      const jobs = readJobs(positionals, values);
      const client = parts.openClient(values);
      await controlJobs(control, jobs, { ...parts, client, json: values.json === true });
    },
  };
}
