import type { PartFile } from './part-file.js';

/** How far a download is. */
export interface DownloadProgress {
  readonly fileCount: number;
  /** Files that are there, those that were there before included. */
  readonly completedCount: number;
  readonly failedCount: number;
  /** What is on the disk of all files, parts included. */
  readonly bytes: number;
  readonly lines: number;
  /** Files that are coming. */
  readonly inFlight: readonly FileProgress[];
}

export interface FileProgress {
  readonly file: string;
  readonly bytes: number;
  /** How long it will be; null where the server does not say. */
  readonly totalBytes: number | null;
}

type Amount = Pick<PartFile, 'bytes' | 'lines'>;

/** Adds up how far the files are, and tells of it now and then. */
export interface ProgressBoard {
  moved(file: string, part: Amount & Pick<PartFile, 'representation'>): void;
  done(file: string, content: Amount): void;
  failed(file: string): void;
  /** Tells no more. */
  close(): void;
}

/** Between two reports, in milliseconds. */
const everyMs = 200;

/**
 * @param onProgress told at most five times a second, and at the end of each file
 * @param onError given what it throws while nobody calls
 */
export function createProgressBoard(
  fileCount: number,
  onProgress: (progress: DownloadProgress) => void,
  onError: (error: unknown) => void,
): ProgressBoard {
  const inFlight = new Map<string, FileProgress & Amount>();
  let [completedCount, failedCount, doneBytes, doneLines] = [0, 0, 0, 0];
  let toldMs = Number.NEGATIVE_INFINITY;
  let timer: NodeJS.Timeout | undefined;
  const tell = (): void => {
    clearTimeout(timer);
    timer = undefined;
    toldMs = performance.now();
    const moving = [...inFlight.values()];
    onProgress({
      fileCount,
      completedCount,
      failedCount,
      bytes: moving.reduce((sum, { bytes }) => sum + bytes, doneBytes),
      lines: moving.reduce((sum, { lines }) => sum + lines, doneLines),
      inFlight: moving.map(({ file, bytes, totalBytes }) => ({ file, bytes, totalBytes })),
    });
  };
  const tellLater = (): void => {
    try {
      tell();
    } catch (error) {
      onError(error);
    }
  };
  return {
    moved(file, { bytes, lines, representation }) {
      inFlight.set(file, { file, bytes, lines, totalBytes: representation?.totalBytes ?? null });
      const waitMs = toldMs + everyMs - performance.now();
      if (waitMs <= 0) tell();
      else timer ??= setTimeout(tellLater, waitMs);
    },
    done(file, { bytes, lines }) {
      inFlight.delete(file);
      completedCount += 1;
      doneBytes += bytes;
      doneLines += lines;
      tell();
    },
    failed(file) {
      inFlight.delete(file);
      failedCount += 1;
      tell();
    },
    close: () => clearTimeout(timer),
  };
}
