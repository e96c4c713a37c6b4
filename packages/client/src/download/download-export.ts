import type { Manifest } from '@bulkwatch/contract';
import { DownloadError } from './download-fault.js';
import { downloadFile, type FileOutcome, type FileParts } from './download-file.js';
import { openFolder } from './download-folder.js';
import { type DownloadOptions, readDownloadOptions } from './download-options.js';
import { fingerprintOf, type ListedFile, listFiles, wantsToken } from './list-files.js';
import { freshManifest, readManifest } from './manifest-source.js';
import { createOriginPace } from './origin-pace.js';
import { createProgressBoard } from './progress-board.js';
import { createTokenBook } from './token-book.js';

/** What came of a download. */
export interface Download {
  /** All files are there, and `index.json`. */
  readonly complete: boolean;
  readonly folder: string;
  /** In the order of the manifest: `output`, `deleted`, `error`. */
  readonly files: readonly FileOutcome[];
}

/**
 * Fetches the files of an export into a folder, `error` and `deleted` ones too, and writes `index.json` when all are there. It
 * holds no file in memory. A download that was ended, or killed, goes on where it was when it is called again, also with the
 * fresh links of a later manifest; what is there is not fetched again.
 *
 * What becomes of each file is a value: look at `complete`, or use {@link requireComplete}. Rejects with the signal's reason,
 * with a DownloadError where the folder holds another export, with what `token` or `onProgress` throw, with the errors of the client and of the
 * file system, and with a TypeError for options that cannot be meant so.
 */
export async function downloadExport(options: DownloadOptions): Promise<Download> {
  const rules = readDownloadOptions(options);
  const { manifest, home } = await readManifest(options);
  const homeOrigin = home !== undefined && URL.canParse(home) ? [new URL(home).origin] : [];
  const origins = rules.tokenOrigins ?? homeOrigin;
  const first = await bringAll(manifest, rules, origins);
  if (options.refreshLinks !== true || !first.files.some(isExpired)) return first;

  const fresh = await freshManifest(options, rules.signal);
  return fresh ? bringAll(fresh, rules, origins) : first;
}

const isExpired = (file: FileOutcome): boolean =>
  file.kind === 'failed' && file.fault.reason === 'link-expired';

/** Gives back a download that is complete. Throws a DownloadError, with the reason of the first fault, for any other. */
export function requireComplete(download: Download): Download {
  const faults = download.files.flatMap((file) => (file.kind === 'failed' ? [file.fault] : []));
  const [first] = faults;
  if (!first) return download;
  const howMany = `${faults.length} of ${download.files.length} files are not there`;
  throw new DownloadError(first.reason, `${howMany}: ${first.message}`);
}

type Rules = ReturnType<typeof readDownloadOptions>;

async function bringAll(
  manifest: Manifest,
  rules: Rules,
  origins: readonly string[],
): Promise<Download> {
  rules.signal.throwIfAborted();
  const files = listFiles(manifest);
  const folder = await openFolder(rules.folder, fingerprintOf(manifest, files));
  try {
    const tokens = createTokenBook({ token: rules.token, wanted: wantsToken(manifest), origins });
    const parts = { ...rules, folder, tokens, pace: createOriginPace() };
    const outcomes = await bringEach(files, parts, rules);
    const complete = outcomes.every(({ kind }) => kind === 'complete');
    if (complete) await folder.finish(manifest.transactionTime ?? null, files);
    return { complete, folder: folder.path, files: outcomes };
  } finally {
    await folder.close();
  }
}

/** Brings the files, some at a time. Where one rejects, the others are ended too, and waited for. */
async function bringEach(
  files: readonly ListedFile[],
  parts: Omit<FileParts, 'board'>,
  { concurrency, signal, onProgress }: Rules,
): Promise<FileOutcome[]> {
  const outcomes: FileOutcome[] = [];
  const controller = new AbortController();
  const pass = (): void => controller.abort(signal.reason);
  if (signal.aborted) pass();
  else signal.addEventListener('abort', pass, { once: true });
  const fail = (error: unknown): void => controller.abort(error);
  const board = createProgressBoard(files.length, onProgress, fail);
  const queue = files.entries();
  const work = async (): Promise<void> => {
    for (const [index, file] of queue) {
      controller.signal.throwIfAborted();
      outcomes[index] = await downloadFile(file, { ...parts, board }, controller.signal);
    }
  };
  try {
    const workers = Array.from({ length: Math.min(concurrency, files.length) }, () =>
      work().catch((error: unknown) => {
        fail(error);
        throw error;
      }),
    );
    const ended = await Promise.allSettled(workers);
    signal.throwIfAborted();
    for (const one of ended) if (one.status === 'rejected') throw controller.signal.reason;
    return outcomes;
  } finally {
    board.close();
    signal.removeEventListener('abort', pass);
  }
}
