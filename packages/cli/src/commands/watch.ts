import type { Client, Job, JobFilter } from '@bulkwatch/client';
import { openStates } from '@bulkwatch/contract';
import { apiOptions } from '../api-options.js';
import type { Command } from '../command.js';
import { CommandError, UsageError } from '../command-error.js';
import { jobsUsage } from '../control-command.js';
import { filterOptions, readJobs } from '../job-filter.js';
import { readOptions } from '../read-options.js';
import { createChangeBoard, createLiveBoard, type WatchBoard } from '../watch-board.js';

const options = { ...filterOptions, ...apiOptions } as const;

/** Each is one request that the api holds. */
const jobsMax = 100;

/** Watches jobs until they have settled. */
export const watch: Command = {
  name: 'watch',
  usage: jobsUsage,
  does: 'watch jobs until they have settled; the exit code says how they did',
  notes: [
    `A filter is for the jobs that match at the start, of which those are watched that are still open; ${jobsMax} at most.`,
    'On a terminal there is a line for each job, which moves; elsewhere a line for each change.',
    'With --json there is the job, on a line of its own, at each change.',
  ],
  options,
  needs: 'api',
  writes: false,

  async run(args, parts) {
    const { values, positionals } = readOptions(args, options);
    const wanted = readJobs(positionals, values);
    const client = parts.openClient(values);
    const ids = 'ids' in wanted ? wanted.ids : await openJobs(client, wanted.filter);
    if (ids.length > jobsMax)
      throw new UsageError(`These are more than the ${jobsMax} jobs that can be watched at once.`);
    if (ids.length === 0) return parts.say('No open job matches.');
    const live = parts.screen() !== undefined && !values.json;
    const board = live ? createLiveBoard(ids, parts) : createChangeBoard(parts, values.json);
    const settled = await watchAll(client, ids, board);
    const othersCount = settled.filter(({ state }) => state !== 'completed').length;
    if (othersCount > 0)
      throw new CommandError(`${othersCount} of ${settled.length} did not complete.`);
  },
};

/** Ids of the open jobs that match, one more than can be watched at most. */
async function openJobs(client: Client, filter: JobFilter): Promise<string[]> {
  const ids: string[] = [];
  for (const state of openStates) {
    if (filter.state !== undefined && filter.state !== state) continue;
    for await (const { id } of client.eachJob({ ...filter, state })) {
      ids.push(id);
      if (ids.length > jobsMax) return ids;
    }
  }
  // One that began in between is in both lists.
  return [...new Set(ids)];
}

/** Waits for all; where one cannot be watched, no more is waited for the others. */
async function watchAll(
  client: Client,
  ids: readonly string[],
  board: WatchBoard,
): Promise<readonly Job[]> {
  const controller = new AbortController();
  const { signal } = controller;
  const onProgress = (job: Job): void => board.show(job);
  try {
    return await Promise.all(ids.map((id) => client.waitFor(id, { signal, onProgress })));
  } finally {
    controller.abort();
    board.close();
  }
}
