import { defined, without } from '../defined.js';
import { isJsonObject } from './bodies/json-object.js';

/**
 * What understanding the next answer takes of the answers before it. The store keeps it with the job as it is,
 * so that a protocol may remember what it needs without the store knowing of it. Empty for most jobs.
 */
export interface PollMemory {
  /** Where the status URL has moved for good (301, 308); delete requests go there too. */
  readonly movedTo?: string;
  /** What is asked for instead of the status URL, until the export ends. */
  readonly cursor?: Cursor;
  /** Where the next request goes all the same, and that one only; how many redirects in a row led there. */
  readonly redirect?: { readonly url: string; readonly hops: number };
  /** The usual Accept header was refused: the alternate one is used. */
  readonly alternateAccept?: boolean;
  readonly collected?: CollectedPages;
  /** Entries of the manifest at this URL that subscribers were told of. */
  readonly told?: ToldEntries;
  /** Epoch ms of the first of the hints at an end that have come since the last clean answer. */
  readonly suspectSince?: number;
  /** Answers that asked us to poll less often since the last clean one. */
  readonly throttledCount?: number;
}

export interface Cursor {
  readonly kind: 'result' | 'page';
  readonly url: string;
}

/** The pages of a manifest that are kept so far. */
export interface CollectedPages {
  readonly count: number;
  readonly bytes: number;
  /** Epoch ms at which the provider called the export complete: what fails from then on is a page, not the export. */
  readonly completeAt?: number;
  /** Of the files, as the pages so far have it. */
  readonly expiresAt?: number;
  /** URL of one of the pages: the pages go round in a circle when it turns up again. */
  readonly mark: string;
}

/** How many entries, from the first. `errors` is `error` or `outcome`, whichever the manifest has. */
export interface ToldEntries {
  readonly output: number;
  readonly deleted: number;
  readonly errors: number;
}

/** Reads what `writePollMemory` wrote. What is no such text is an empty memory: polling begins anew. */
export function readPollMemory(text: string | undefined): PollMemory {
  if (text === undefined || text === '') return {};
  try {
    const value: unknown = JSON.parse(text);
    return isJsonObject(value) ? value : {};
  } catch {
    return {};
  }
}

/** The memory as text; undefined when there is nothing to remember. */
export function writePollMemory(memory: PollMemory): string | undefined {
  const members = defined(memory);
  return Object.keys(members).length === 0 ? undefined : JSON.stringify(members);
}

/** What is remembered beyond the end of an export: requests that come later go where its status URL has moved. */
export function lastingMemory({ movedTo }: PollMemory): PollMemory {
  return defined({ movedTo });
}

/** The memory without what held for one answer only. */
export function afterOneAnswer(memory: PollMemory): PollMemory {
  return without(memory, 'redirect');
}
