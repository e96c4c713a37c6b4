import type { JobFilter } from '@bulkwatch/client';
import { jobStates, pollHealths } from '@bulkwatch/contract';
import type { CommandOptions } from './command.js';
import { UsageError } from './command-error.js';
import { readLabels } from './read-labels.js';

/** Options that say which jobs: those that match all of them. */
export const filterOptions = {
  state: { type: 'string', value: 'STATE', does: `jobs in this state: ${jobStates.join(', ')}` },
  health: {
    type: 'string',
    value: 'HEALTH',
    does: `jobs of this poll health: ${pollHealths.join(', ')}`,
  },
  provider: { type: 'string', value: 'ORIGIN', does: 'jobs of this provider' },
  label: {
    type: 'string',
    value: 'KEY:VALUE',
    multiple: true,
    does: 'jobs with this label; repeated, with all of them',
  },
} as const satisfies CommandOptions;

interface FilterValues {
  readonly state?: string | undefined;
  readonly health?: string | undefined;
  readonly provider?: string | undefined;
  readonly label?: readonly string[] | undefined;
}

/** Reads which jobs are meant; undefined where none of the options is given. Throws UsageError. */
export function readJobFilter(values: FilterValues): JobFilter | undefined {
  const { state, health, provider, label } = values;
  if ([state, health, provider, label].every((value) => value === undefined)) return undefined;
  return {
    state: oneOf('state', jobStates, state),
    health: oneOf('health', pollHealths, health),
    provider,
    ...(label === undefined ? {} : { labels: readLabels(label) }),
  };
}

function oneOf<Word extends string>(
  name: string,
  words: readonly Word[],
  text: string | undefined,
): Word | undefined {
  const known = words.find((word) => word === text);
  if (text !== undefined && known === undefined)
    throw new UsageError(`--${name} must be one of ${words.join(', ')}.`);
  return known;
}

/** The jobs that are meant: their ids, or what all of them match. Throws UsageError where it is not one of the two. */
export function readJobs(
  ids: readonly string[],
  values: FilterValues,
): { readonly ids: readonly string[] } | { readonly filter: JobFilter } {
  const filter = readJobFilter(values);
  if (filter === undefined && ids.length === 0)
    throw new UsageError('Name jobs by their ids, or by --state, --health, --provider or --label.');
  if (filter !== undefined && ids.length > 0)
    throw new UsageError('Name jobs by their ids or by a filter, not by both.');
  return filter ? { filter } : { ids: [...new Set(ids)] };
}
