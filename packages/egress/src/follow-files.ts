import { fileStamp } from '@bulkwatch/runtime';
import { type ReadText, readTextFile } from './read-text-file.js';

/** Keeps something up to date with the files that it was read from. */
export interface Following {
  /** Looks now whether a file has changed, and reads all of them again if one has. Never rejects. */
  refresh(): Promise<void>;
  /** Begins to look from time to time, without keeping the process alive. */
  start(): void;
  stop(): void;
}

export interface FollowOptions {
  /** How often the files are looked at, in ms. */
  everyMs?: number;
  /** A changed version was taken, or turned down with a ConfigurationError: the old one stays in force. */
  onReload: (outcome: 'loaded' | 'rejected', error?: unknown) => void;
}

/**
 * Reads something and, once started, reads it again whenever a file that it was read from has changed. Files are
 * looked at from time to time: notifications fail on mounted and on network volumes. Rejects as the first `read` does.
 */
export async function followFiles<T>(
  read: (readText: ReadText) => Promise<T>,
  { everyMs = 3_000, onReload }: FollowOptions,
): Promise<Following & { current(): T }> {
  let seen = new Map<string, string>();
  const load = (): Promise<T> => {
    seen = new Map();
    return read(stamping(seen));
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
    current: () => current,
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
