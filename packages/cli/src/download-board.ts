import type { DownloadProgress } from '@bulkwatch/client/download';
import type { CommandParts } from './command.js';
import { createLiveLines } from './live-lines.js';
import { progressBar } from './progress-bar.js';
import { renderTable } from './render-table.js';
import { sizeWords } from './size-words.js';

/** Where it is seen how a download goes on. */
export interface DownloadBoard {
  show(progress: DownloadProgress): void;
  /** Shows these lines in the end, in place of all that was drawn. */
  close(lines: readonly string[]): void;
}

/** How often it is told in lines, where nothing can be drawn. */
const tellEveryMs = 10_000;

/** Bars of the files that are coming on a terminal, a remark now and then elsewhere. */
export function createDownloadBoard({
  out,
  say,
  screen,
  paint,
  now,
}: Pick<CommandParts, 'out' | 'say' | 'screen' | 'paint' | 'now'>): DownloadBoard {
  const size = screen();
  if (!size) {
    let toldAt = now();
    return {
      show(progress) {
        if (now() - toldAt < tellEveryMs) return;
        toldAt = now();
        say(countLine(progress));
      },
      close: (lines) => lines.forEach(out),
    };
  }
  const live = createLiveLines(out, screen);
  return {
    show(progress) {
      const { columns, rows } = screen() ?? size;
      const cells = progress.inFlight
        .slice(0, Math.max(1, rows - 3))
        .map(({ file, bytes, totalBytes }) => [
          file,
          progressBar(totalBytes === null ? null : (100 * bytes) / Math.max(1, totalBytes), 20),
          totalBytes === null
            ? sizeWords(bytes)
            : `${sizeWords(bytes)} of ${sizeWords(totalBytes)}`,
        ]);
      const table = renderTable(['FILE', '', 'SIZE'], cells, { columns, paint });
      live.show([...(cells.length === 0 ? [] : table), countLine(progress).slice(0, columns)]);
    },
    close: (lines) => live.show(lines),
  };
}

function countLine({ fileCount, completedCount, failedCount, bytes }: DownloadProgress): string {
  const failed = failedCount === 0 ? '' : `, ${failedCount} failed`;
  return `${completedCount} of ${fileCount} files${failed}, ${sizeWords(bytes)}`;
}
