import { fileStamp } from '@bulkwatch/runtime';
import { type CredentialBook, loadCredentialBook } from './credential-book.js';
import { type ReadText, readTextFile } from './read-text-file.js';

/** A book that follows its files. */
export interface LiveCredentialBook extends CredentialBook {
  /** Looks now whether a file has changed, and reads all of them again if one has. Never rejects. */
  refresh(): Promise<void>;
  /** Begins to look from time to time, without keeping the process alive. */
  start(): void;
  stop(): void;
}

export interface CredentialWatchOptions {
  allowHttp: boolean;
  /** How often the files are looked at, in ms. */
  everyMs?: number;
  /** A changed version was taken, or turned down with a ConfigurationError: the old one stays in force. */
  onReload: (outcome: 'loaded' | 'rejected', error?: unknown) => void;
}

/**
 * Loads the credentials as `loadCredentialBook` does and, once started, again whenever the file or one that it
 * names has changed. Files are looked at from time to time: notifications fail on mounted and on network volumes.
 *
 * @throws ConfigurationError with every problem of the first version.
 */
export async function openCredentialBook(
  file: string | undefined,
  { allowHttp, everyMs = 3_000, onReload }: CredentialWatchOptions,
): Promise<LiveCredentialBook> {
  let seen = new Map<string, string>();
  const load = async (): Promise<CredentialBook> => {
    seen = new Map();
    return loadCredentialBook(file, { allowHttp, readText: stamping(seen) });
  };
  let current = await load();

  async function refresh(): Promise<void> {
    if (!(await hasChanged(seen))) return;
    try {
      current = await load();
      onReload('loaded');
    } catch (error) {
      onReload('rejected', error);
    }
  }

  let refreshing: Promise<void> | undefined;
  const refreshOnce = (): Promise<void> =>
    (refreshing ??= refresh().finally(() => {
      refreshing = undefined;
    }));
  let timer: NodeJS.Timeout | undefined;
  return {
    find: (name, tenant) => current.find(name, tenant),
    names: () => current.names(),
    refresh: refreshOnce,
    start() {
      timer ??= setInterval(() => void refreshOnce(), everyMs).unref();
    },
    stop() {
      clearInterval(timer);
      timer = undefined;
    },
  };
}

/** Notes the version of each file just before it is read: a change in the middle is then seen later. */
const stamping =
  (seen: Map<string, string>): ReadText =>
  async (file) => {
    seen.set(file, await fileStamp(file));
    return readTextFile(file);
  };

async function hasChanged(seen: ReadonlyMap<string, string>): Promise<boolean> {
  const same = await Promise.all(
    [...seen].map(async ([file, stamp]) => (await fileStamp(file)) === stamp),
  );
  return same.includes(false);
}
