import type { Job } from '@bulkwatch/client';
import { jobStates } from '@bulkwatch/contract';
import type { CommandParts } from './command.js';
import { cutToWidth } from './display-width.js';
import { etaWords, healthCell, progressWords, stateCell } from './job-cells.js';
import { createLiveLines } from './live-lines.js';
import { printable } from './printable.js';
import { progressBar } from './progress-bar.js';
import { type Cell, fitWords, renderTable } from './render-table.js';

/** Where it is seen how jobs go on. */
export interface WatchBoard {
  /** Shows a job as it is now. */
  show(job: Job): void;
  /** Shows nothing more. */
  close(): void;
}

/** A line, or a document, for each change of a job. */
export function createChangeBoard(
  { out, now }: Pick<CommandParts, 'out' | 'now'>,
  json = false,
): WatchBoard {
  const seen = new Map<string, string>();
  return {
    show(job) {
      // Polls that bring no news move `dueAt` and the like.
      const { state, health, progress, reason, manifestVersion } = job;
      const news = JSON.stringify([state, health, progress, reason, manifestVersion]);
      if (seen.get(job.id) === news) return;
      seen.set(job.id, news);
      out(json ? JSON.stringify(job) : changeLine(job, now()));
    },
    close: () => undefined,
  };
}

function changeLine(job: Job, now: number): string {
  const eta = etaWords(job, now);
  const words = [
    new Date(now).toISOString(),
    job.id,
    job.state,
    job.health,
    progressWords(job),
    job.settledAt === null && eta !== null ? `ETA ${eta}` : null,
    job.reason,
  ];
  return printable(words.filter((word) => word !== null).join('  '));
}

const head = ['ID', 'STATE', '', 'PROGRESS', 'ETA', 'REASON'];
const progressWidth = 20;
/** How often the way to an ETA is told anew. */
const redrawMs = 1_000;

/** What is below the head of the table and above the cursor, in rows: a line that counts, and the cursor's own. */
const rowsBesides = 3;

/** A line for each job, drawn anew as they go on, and one that counts them. */
export function createLiveBoard(
  ids: readonly string[],
  { out, screen, paint, now }: Pick<CommandParts, 'out' | 'screen' | 'paint' | 'now'>,
): WatchBoard {
  const jobs = new Map<string, Job>();
  const lines = createLiveLines(out, screen);
  const draw = (rows = screen()?.rows ?? Number.POSITIVE_INFINITY): void => {
    const fitting = firstToSee(ids, jobs, Math.max(1, rows - rowsBesides));
    const columns = screen()?.columns ?? 80;
    const cells = fitting.map((id) => cellsOf(id, jobs.get(id), { now: now(), columns }));
    const table = renderTable(head, cells, { columns, paint });
    const count = ids.length === 1 ? [] : [countLine(ids, jobs, fitting.length)];
    lines.show([...table, ...count.map((line) => cutToWidth(line, columns))]);
  };
  const timer = setInterval(() => draw(), redrawMs);
  return {
    show(job) {
      jobs.set(job.id, job);
      draw();
    },
    close() {
      clearInterval(timer);
      // What was left out for want of rows may now go up and away.
      draw(Number.POSITIVE_INFINITY);
    },
  };
}

/** In their order; where there is no room for all, those that are still open before the others. */
function firstToSee(
  ids: readonly string[],
  jobs: ReadonlyMap<string, Job>,
  most: number,
): readonly string[] {
  if (ids.length <= most) return ids;
  const isOpen = (id: string): boolean => (jobs.get(id)?.settledAt ?? null) === null;
  return [...ids.filter(isOpen), ...ids.filter((id) => !isOpen(id))].slice(0, most);
}

/** `12 jobs: 3 in-progress, 9 completed; 2 not shown` */
function countLine(
  ids: readonly string[],
  jobs: ReadonlyMap<string, Job>,
  shownCount: number,
): string {
  const states = [...jobs.values()].map(({ state }) => state);
  const counts = jobStates
    .map((state) => [state, states.filter((one) => one === state).length] as const)
    .filter(([, count]) => count > 0)
    .map(([state, count]) => `${count} ${state}`);
  const hidden = shownCount < ids.length ? `; ${ids.length - shownCount} not shown` : '';
  return `${ids.length} jobs: ${counts.join(', ') || 'nothing known yet'}${hidden}`;
}

function cellsOf(
  id: string,
  job: Job | undefined,
  { now, columns }: { readonly now: number; readonly columns: number },
): Cell[] {
  if (!job) return [id, null, null, null, null, null];
  const progress = progressWords(job);
  return [
    id,
    stateCell(job),
    barOf(job, columns),
    progress === null ? null : fitWords(progress, progressWidth),
    job.settledAt === null ? etaWords(job, now) : null,
    // A reason says more than the health that comes of it.
    job.reason ?? (job.health === 'ok' || job.settledAt !== null ? null : healthCell(job)),
  ];
}

/** As long as there is room for; none on a screen where the words would have none. */
function barOf(job: Job, columns: number): string | null {
  if (columns < 90) return null;
  const progressPercent = job.state === 'completed' ? 100 : job.progressPercent;
  return progressBar(progressPercent, columns < 120 ? 10 : 20);
}
