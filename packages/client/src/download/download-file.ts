import { backOffMs } from '../back-off.js';
import { sleep } from '../sleep.js';
import { DiskError, onDisk } from './disk-error.js';
import type { DownloadFault } from './download-fault.js';
import type { DownloadFolder } from './download-folder.js';
import { type FetchParts, fetchInto } from './fetch-into.js';
import type { ListedFile } from './list-files.js';
import { type Content, openPart, type PartFile } from './part-file.js';
import type { ProgressBoard } from './progress-board.js';
import { type Broken, broken } from './request-file.js';

/** What came of one file. */
export type FileOutcome = {
  /** Name in the folder, such as `Patient-0001.ndjson`. */
  readonly file: string;
  readonly section: ListedFile['section'];
  readonly type: string | null;
  /** Lines that the manifest promised; null where it did not. */
  readonly count: number | null;
} & (
  | ({
      readonly kind: 'complete';
      /** It was there before; nothing was asked for. */
      readonly skipped: boolean;
    } & Content)
  | { readonly kind: 'failed'; readonly fault: DownloadFault }
);

export interface FileParts extends Omit<FetchParts, 'onBytes'> {
  readonly folder: DownloadFolder;
  readonly board: ProgressBoard;
  /** Whether a count that differs is a fault. */
  readonly checkCounts: boolean;
  /** How long to try while nothing of the file comes, in milliseconds. */
  readonly retryForMs: number;
}

const longestBackOffMs = 60_000;

/**
 * Brings one file into the folder, unless it is there. Tries again what may pass, no sooner than Retry-After says, for as long as
 * more of it comes now and then. Rejects with the signal's reason, or as a token provider does; what has come stays.
 */
export async function downloadFile(
  listed: ListedFile,
  parts: FileParts,
  signal: AbortSignal,
): Promise<FileOutcome> {
  const { folder, board } = parts;
  const { name: file, section, type, count } = listed;
  const about = { file, section, type, count };
  const there = folder.contentOf(file);
  if (there) {
    board.done(file, there);
    return { ...about, kind: 'complete', skipped: true, ...there };
  }
  try {
    const content = await bring(listed, parts, signal);
    if ('sha256' in content) {
      board.done(file, content);
      return { ...about, kind: 'complete', skipped: false, ...content };
    }
    board.failed(file);
    return { ...about, kind: 'failed', fault: faultOf(file, content) };
  } catch (error) {
    if (!(error instanceof DiskError)) throw error;
    board.failed(file);
    const fault = faultOf(file, broken('folder-unusable', error.message));
    return { ...about, kind: 'failed', fault };
  }
}

async function bring(
  listed: ListedFile,
  parts: FileParts,
  signal: AbortSignal,
): Promise<Content | Broken> {
  const { folder, checkCounts } = parts;
  const part = await onDisk(() => openPart(folder.path, listed.name));
  let open = true;
  try {
    const fault = await fill(part, listed, parts, signal);
    if (fault) return fault;
    // Two halves that do not fit may have been put together, by a server that changes a file and not its validator.
    if (checkCounts && part.resumed && !countMatches(part, listed)) {
      await onDisk(() => part.restart({ validator: null, totalBytes: null }));
      const again = await fill(part, listed, parts, signal);
      if (again) return again;
    }
    open = false;
    if (checkCounts && !countMatches(part, listed)) {
      await onDisk(() => part.discard());
      return broken('count-mismatch', countSays(part, listed));
    }
    return await onDisk(() => part.finish((content) => folder.note(listed.name, content)));
  } finally {
    if (open) await part.close();
  }
}

/** Asks until all of the file is there. Gives what is wrong where it will not be. */
async function fill(
  part: PartFile,
  { name, url }: ListedFile,
  parts: FileParts,
  signal: AbortSignal,
): Promise<Broken | undefined> {
  const onBytes = (): void => parts.board.moved(name, part);
  let furthest = part.bytes;
  let endMs = performance.now() + parts.retryForMs;
  for (let tries = 1; !part.whole; tries += 1) {
    signal.throwIfAborted();
    const fault = await fetchInto(part, url, { ...parts, onBytes }, signal);
    if (!fault) return undefined;
    if (part.bytes > furthest) {
      furthest = part.bytes;
      tries = 1;
      endMs = performance.now() + parts.retryForMs;
    }
    const waitMs = backOffMs(tries, fault.retryAfterMs, Math.random(), longestBackOffMs);
    // Waiting for what comes too late helps nobody.
    if (!fault.passes || performance.now() + waitMs >= endMs) return fault;
    await sleep(waitMs, signal);
  }
  return undefined;
}

const countMatches = ({ lines }: PartFile, { count }: ListedFile): boolean =>
  count === null || count === lines;

const countSays = ({ lines }: PartFile, { count }: ListedFile): string =>
  `It has ${lines} lines; the manifest says ${count}.`;

function faultOf(file: string, { reason, says, status }: Broken): DownloadFault {
  return { reason, message: `${file}: ${says}`, status };
}
