import type { Job, Poll } from '@bulkwatch/client';
import { apiOptions } from '../api-options.js';
import type { Command, CommandParts } from '../command.js';
import { printable } from '../printable.js';
import { readId } from '../read-id.js';
import { readOptions } from '../read-options.js';
import { type Cell, renderTable } from '../render-table.js';
import { awayWords, spanWords } from '../time-words.js';
import { wrapWords } from '../wrap-words.js';

const options = apiOptions;

const pollsHead = ['AT', 'METHOD', 'STATUS', 'TOOK', 'ASKED', 'NEXT IN', 'PROGRESS', 'REASON'];

/** Shows a job and its latest polls. */
export const show: Command = {
  name: 'show',
  usage: 'ID',
  does: 'show a job and its latest polls, the newest first',
  notes: [
    'ASKED is the wait that the provider asked for, NEXT IN the one that was applied.',
    'With --json there is one document, {"job": ..., "polls": [...]}.',
  ],
  options,
  needs: 'api',
  writes: false,

  async run(args, parts) {
    const { values, positionals } = readOptions(args, options);
    const jobId = readId(positionals);
    const client = parts.openClient(values);
    const job = await client.getJob(jobId);
    const polls = await client.listPolls(jobId);
    if (values.json) return parts.out(JSON.stringify({ job, polls }));
    showJob(job, parts);
    parts.out('');
    showPolls(polls, parts);
  },
};

function showJob(job: Job, { out, now, screen }: CommandParts): void {
  const facts = Object.entries(job)
    .filter(([, value]) => value !== null && !(Array.isArray(value) && value.length === 0))
    .map(([name, value]) => [name, factWords(name, value, now())] as const);
  const width = Math.max(...facts.map(([name]) => name.length));
  const margin = ' '.repeat(width + 2);
  const room = (screen()?.columns ?? Number.POSITIVE_INFINITY) - margin.length;
  for (const [name, words] of facts) {
    const [first = '', ...more] = wrapWords(printable(words), room);
    out(`${name.padEnd(width)}  ${first}`);
    for (const line of more) out(margin + line);
  }
}

function factWords(name: string, value: unknown, now: number): string {
  if (Array.isArray(value)) return value.map((one) => factWords('', one, now)).join('; ');
  if (typeof value === 'object' && value !== null)
    return Object.entries(value)
      .map(([member, one]) => `${member} ${typeof one === 'string' ? one : JSON.stringify(one)}`)
      .join(', ');
  if (typeof value !== 'string') return JSON.stringify(value);
  return /(At|Until|Since)$/.test(name) ? `${value} (${awayWords(value, now)})` : value;
}

function showPolls(polls: readonly Poll[], { out, say, screen, paint }: CommandParts): void {
  if (polls.length === 0) return say('There has been no poll yet.');
  const lines = renderTable(pollsHead, polls.map(cellsOf), { columns: screen()?.columns, paint });
  for (const line of lines) out(line);
}

function cellsOf(poll: Poll): Cell[] {
  return [
    poll.at,
    poll.method,
    poll.status === null ? null : String(poll.status),
    `${Math.round(poll.durationMs)} ms`,
    waitWords(poll.requestedDelayMs),
    waitWords(poll.appliedDelayMs),
    poll.progress,
    [poll.reason, ...poll.anomalies].filter((word) => word !== null).join(' '),
  ];
}

const waitWords = (ms: number | null): string | null => (ms === null ? null : spanWords(ms));
