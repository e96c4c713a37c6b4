import type { Client, Job } from '@bulkwatch/client';
import { apiOptions } from '../api-options.js';
import type { Command } from '../command.js';
import { UsageError } from '../command-error.js';
import { etaWords, healthCell, progressWords, stateCell } from '../job-cells.js';
import { filterOptions, readJobFilter } from '../job-filter.js';
import { readCount } from '../read-count.js';
import { readOptions } from '../read-options.js';
import { type Cell, renderTable } from '../render-table.js';
import { awayWords } from '../time-words.js';

const options = {
  ...filterOptions,
  limit: { type: 'string', value: 'N', does: 'how many at most; 50 without it' },
  all: { type: 'boolean', does: 'all of them' },
  ...apiOptions,
} as const;

const pageMax = 500;
const head = ['ID', 'STATE', 'HEALTH', 'PROGRESS', 'ETA', 'REASON', 'REGISTERED', 'PROVIDER'];

/** Lists jobs, the newest first. */
export const list: Command = {
  name: 'list',
  usage: '[--state STATE] [--health HEALTH] [--provider ORIGIN] [--label KEY:VALUE ...]',
  does: 'list jobs, the newest first',
  notes: ['With --json there is one job on each line, as it comes.'],
  options,
  needs: 'api',
  writes: false,

  async run(args, { openClient, out, say, screen, paint, now }) {
    const { values, positionals } = readOptions(args, options);
    if (positionals.length > 0) throw new UsageError('list takes options only.');
    if (values.all && values.limit !== undefined)
      throw new UsageError('--all and --limit cannot be given together.');
    const limit = readCount(values.limit, { name: 'limit', max: 1_000_000 }) ?? 50;
    const filter = readJobFilter(values);
    const countMax = values.all ? Number.POSITIVE_INFINITY : limit;
    const jobs = firstJobs(openClient(values), filter, countMax);
    if (values.json) {
      for await (const job of jobs) out(JSON.stringify(job));
      return;
    }
    const rows: Cell[][] = [];
    for await (const job of jobs) rows.push(cellsOf(job, now()));
    if (rows.length === 0) return say('No job matches.');
    for (const line of renderTable(head, rows, { columns: screen()?.columns, paint })) out(line);
    if (rows.length === countMax) say(`These are the newest ${countMax}; --all shows all.`);
  },
};

async function* firstJobs(
  client: Client,
  filter: Parameters<Client['eachJob']>[0],
  countMax: number,
): AsyncGenerator<Job, void, void> {
  let left = countMax;
  for await (const job of client.eachJob(filter, { limit: Math.min(left, pageMax) })) {
    yield job;
    left -= 1;
    if (left === 0) return;
  }
}

function cellsOf(job: Job, now: number): Cell[] {
  return [
    job.id,
    stateCell(job),
    // Nobody polls it any more.
    job.settledAt === null ? healthCell(job) : null,
    progressWords(job),
    etaWords(job, now),
    job.reason,
    awayWords(job.registeredAt, now),
    job.provider,
  ];
}
