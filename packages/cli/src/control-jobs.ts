import type { Client, Job, JobAction, JobFilter, Problem } from '@bulkwatch/client';
import type { CommandParts } from './command.js';
import { CommandError } from './command-error.js';
import { problemLine } from './problem-lines.js';
import { isRefusal } from './read-fault.js';

/** What became of one job. */
interface Controlled {
  readonly id: string;
  /** Null where it was done. */
  readonly problem: Problem | null;
}

/** What is done with jobs, one by one or with all that match. */
export interface Control {
  readonly action: JobAction;
  /** With `poll`: past the provider's Retry-After. */
  readonly force?: boolean | undefined;
  /** What it is when it is done: `paused`. */
  readonly done: string;
  one(client: Client, jobId: string): Promise<Job>;
}

/** The jobs that are meant. */
export type Wanted = { readonly ids: readonly string[] } | { readonly filter: JobFilter };

interface ControlParts extends Pick<CommandParts, 'out' | 'say'> {
  readonly client: Client;
  readonly json: boolean;
}

/**
 * Does it with each job, and tells what became of each, a line for each.
 * Throws CommandError, `refused`, where the api refused some, and BulkwatchError where it did not answer.
 */
export async function controlJobs(
  control: Control,
  jobs: Wanted,
  parts: ControlParts,
): Promise<void> {
  return tellEach(controlEach(control, jobs, parts.client), control.done, parts);
}

/** As `controlJobs`, for what can be done only with jobs that are named. */
export async function controlNamed(
  { done, one }: Pick<Control, 'done' | 'one'>,
  ids: readonly string[],
  parts: ControlParts,
): Promise<void> {
  return tellEach(eachNamed(ids, parts.client, one), done, parts);
}

async function tellEach(
  results: AsyncIterable<Controlled>,
  done: string,
  { json, out, say }: Omit<ControlParts, 'client'>,
): Promise<void> {
  let count = 0;
  let refusedCount = 0;
  for await (const { id, problem } of results) {
    count += 1;
    if (problem) refusedCount += 1;
    if (json) out(JSON.stringify({ id, done: problem === null, problem }));
    else if (problem) say(`${id}  ${problemLine(problem)}`);
    else out(`${id}  ${done}`);
  }
  if (count === 0) say('No job matches.');
  if (refusedCount > 0) throw new CommandError(`${refusedCount} of ${count} refused.`, 'refused');
}

async function* controlEach(
  { action, force, one }: Control,
  jobs: Wanted,
  client: Client,
): AsyncGenerator<Controlled, void, void> {
  if ('ids' in jobs) {
    yield* eachNamed(jobs.ids, client, one);
    return;
  }
  const forced = force ? { force } : {};
  for await (const result of client.controlEachJob({ action, filter: jobs.filter, ...forced }))
    yield { id: result.id, problem: 'problem' in result ? result.problem : null };
}

async function* eachNamed(
  ids: readonly string[],
  client: Client,
  one: Control['one'],
): AsyncGenerator<Controlled, void, void> {
  for (const id of ids) yield { id, problem: await problemOf(() => one(client, id)) };
}

/** Why the api refused it; null where it did it. */
async function problemOf(call: () => Promise<unknown>): Promise<Problem | null> {
  try {
    await call();
    return null;
  } catch (error) {
    if (isRefusal(error)) return error.problem;
    throw error;
  }
}
