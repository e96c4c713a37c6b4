import { apiOptions } from './api-options.js';
import type { Command, CommandOptions, CommandParts } from './command.js';
import { type Control, controlJobs, type Wanted } from './control-jobs.js';
import { filterOptions, readJobs } from './job-filter.js';
import { readOptions } from './read-options.js';

/** How the help says that jobs are named by their ids, or by what they match. */
export const jobsUsage =
  'ID ... | [--state STATE] [--health HEALTH] [--provider ORIGIN] [--label KEY:VALUE ...]';

/** What commands that act on jobs say of what they write. */
const jobsNotes = [
  'A filter is for all jobs that match, however many; each is told of. To do it again is harmless.',
  'With --json there is {"id": ..., "done": ..., "problem": ...} for each, on a line of its own.',
];

/** Values of the options that a command has besides those that name the jobs. */
type OwnValues = Readonly<Record<string, string | boolean | undefined>>;

/** What is done, where it depends on options of the command. Throws UsageError where they do not go together. */
type ReadControl = (
  values: OwnValues,
  jobs: Wanted,
  stdin: CommandParts['stdin'],
) => Control | Promise<Control>;

/** A command that does one thing with jobs. */
export function controlCommand(
  name: string,
  does: string,
  control: Control | ReadControl,
  own: { readonly usage: string; readonly options: CommandOptions } = { usage: '', options: {} },
): Command {
  const options = { ...filterOptions, ...own.options, ...apiOptions };
  return {
    name,
    usage: `${jobsUsage} ${own.usage}`.trimEnd(),
    does,
    notes: jobsNotes,
    options,
    needs: 'api',
    writes: false,

    async run(args, parts) {
      const { values, positionals } = readOptions(args, options);
      const jobs = readJobs(positionals, values);
      const client = parts.openClient(values);
      const wanted =
        typeof control === 'function'
          ? await control(values as OwnValues, jobs, parts.stdin)
          : control;
      await controlJobs(wanted, jobs, { ...parts, client, json: values.json === true });
    },
  };
}
