import type { Job } from '@bulkwatch/client';
import type { CommandParts } from './command.js';
import { etaWords, healthCell, progressWords, stateCell } from './job-cells.js';
import { createLiveLines } from './live-lines.js';
import { printable } from './printable.js';
import { progressBar } from './progress-bar.js';
import { type Cell, renderTable } from './render-table.js';

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

const head = ['ID', 'STATE', '', 'PROGRESS', 'ETA', 'HEALTH', 'REASON'];
const barWidth = 20;
/** How often the way to an ETA is told anew. */
const redrawMs = 1_000;

/** A line for each job, drawn anew as they go on. */
export function createLiveBoard(
  ids: readonly string[],
  { out, screen, paint, now }: Pick<CommandParts, 'out' | 'screen' | 'paint' | 'now'>,
): WatchBoard {
  const jobs = new Map<string, Job>();
  const lines = createLiveLines(out, screen);
  const draw = (): void => {
    const rows = ids.map((id) => cellsOf(id, jobs.get(id), now()));
    lines.show(renderTable(head, rows, { columns: screen()?.columns, paint }));
  };
  const timer = setInterval(draw, redrawMs);
  return {
    show(job) {
      jobs.set(job.id, job);
      draw();
    },
    close() {
      clearInterval(timer);
    },
  };
}

function cellsOf(id: string, job: Job | undefined, now: number): Cell[] {
  if (!job) return [id, null, '', null, null, null, null];
  const progressPercent = job.state === 'completed' ? 100 : job.progressPercent;
  return [
    id,
    stateCell(job),
    progressBar(progressPercent, barWidth),
    progressWords(job),
    job.settledAt === null ? etaWords(job, now) : null,
    healthCell(job),
    job.reason,
  ];
}
