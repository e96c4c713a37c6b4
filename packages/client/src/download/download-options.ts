import type { Manifest } from '@bulkwatch/contract';
import type { Fetch } from '../connection.js';
import type { Client } from '../create-client.js';
import { longestMs } from '../events/delivery-options.js';
import type { DownloadProgress } from './progress-board.js';
import type { DownloadTokenProvider } from './token-book.js';

/** Where the list of files comes from: a manifest that is at hand, or Bulkwatch. */
export type DownloadSource =
  | {
      readonly manifest: Manifest;
      readonly client?: undefined;
      readonly jobId?: undefined;
      readonly refreshLinks?: undefined;
    }
  | {
      readonly client: Pick<Client, 'getJob' | 'getManifest' | 'refreshJob'>;
      readonly jobId: string;
      readonly manifest?: undefined;
      /**
       * Has Bulkwatch ask the provider for fresh links, once, where links have expired, and goes on with them. `completed` is
       * told again then: whoever downloads on that event does not ask on one of fresh links (`manifestVersion` above 1).
       */
      readonly refreshLinks?: boolean | undefined;
    };

export interface DownloadRules {
  /** Where the files go; one folder for each export, and one process at a time. Made where it is missing. */
  readonly folder: string;
  /** The provider's token, or what gives it: asked for every request, so it had better remember. */
  readonly token?: string | DownloadTokenProvider | undefined;
  /**
   * Origins that the token may go to; by default that of the status URL or, where only a manifest is given, that of its
   * `request`. It goes nowhere unless the manifest says `requiresAccessToken`.
   */
  readonly tokenOrigins?: readonly string[] | undefined;
  /** How many files are fetched at the same time, 1 to 100; 4 by default. */
  readonly concurrency?: number | undefined;
  /** Ends the download, which then rejects with the signal's reason. The next one goes on from there. */
  readonly signal?: AbortSignal | undefined;
  /** Told at most five times a second, and at the end of each file. What it throws ends the download. */
  readonly onProgress?: ((progress: DownloadProgress) => void) | undefined;
  /** `check` (default): a file whose lines are not as many as the manifest says is a fault. `report`: it is there all the same. */
  readonly counts?: 'check' | 'report' | undefined;
  /** How long a file is tried while nothing of it comes, in milliseconds; 900,000 by default. */
  readonly retryForMs?: number | undefined;
  /** After how long without a byte a connection is given up, in milliseconds; 60,000 by default. */
  readonly silenceMs?: number | undefined;
  /** Asks for content that is compressed: less to carry, but what breaks off begins anew. */
  readonly compressed?: boolean | undefined;
  /** Fetches from http too, where everybody on the way can read the files and the token. */
  readonly dangerouslyAllowHttp?: boolean | undefined;
  /** In place of the global `fetch`. Must be given `redirect: 'manual'` its meaning, as that of Node does. */
  readonly fetch?: Fetch | undefined;
}

export type DownloadOptions = DownloadSource & DownloadRules;

/** Reads the options. Throws a TypeError where they cannot be meant so. */
export function readDownloadOptions(options: DownloadOptions) {
  const { folder, concurrency = 4, retryForMs = 900_000, silenceMs = 60_000 } = options;
  if (folder === '') throw new TypeError('folder must not be empty');
  if (!Number.isInteger(concurrency) || concurrency < 1 || concurrency > 100)
    throw new TypeError('concurrency must be 1 to 100');
  if (!(retryForMs >= 0) || retryForMs > longestMs)
    throw new TypeError(`retryForMs must be 0 to ${longestMs}`);
  if (!(silenceMs > 0) || silenceMs > longestMs)
    throw new TypeError(`silenceMs must be above 0, to ${longestMs}`);
  return {
    folder,
    concurrency,
    retryForMs,
    silenceMs,
    token: options.token,
    tokenOrigins: options.tokenOrigins?.map(readOrigin),
    signal: options.signal ?? new AbortController().signal,
    onProgress: options.onProgress ?? (() => undefined),
    checkCounts: options.counts !== 'report',
    compressed: options.compressed ?? false,
    allowHttp: options.dangerouslyAllowHttp ?? false,
    fetch: options.fetch ?? ((url: string, init: RequestInit) => globalThis.fetch(url, init)),
  };
}

function readOrigin(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !/^https?:$/.test(url.protocol) || url.origin !== text.replace(/\/$/, ''))
    throw new TypeError('tokenOrigins must be origins, such as https://ehr.example.org');
  return url.origin;
}
