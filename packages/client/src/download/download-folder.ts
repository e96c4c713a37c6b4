import { mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { maskUrl } from '../mask-url.js';
import { DownloadError } from './download-fault.js';
import type { ListedFile } from './list-files.js';
import type { Content } from './part-file.js';

/** One file of `index.json`. */
export interface IndexEntry extends Content {
  /** Name in the folder. */
  readonly file: string;
  readonly section: ListedFile['section'];
  readonly type: string | null;
  /** Whence it came, its query shown as `?…`. */
  readonly url: string;
  /** Lines that the manifest promised; null where it did not. */
  readonly count: number | null;
}

/** `index.json`, which is written last: where it is there, so are all of the files. */
export interface DownloadIndex {
  readonly transactionTime: string | null;
  /** By which the same export is known again. */
  readonly fingerprint: string;
  readonly files: readonly IndexEntry[];
}

/** Where the files of one export go. */
export interface DownloadFolder {
  readonly path: string;
  /** What a file came to that is there already; undefined where it is not. */
  contentOf(name: string): Content | undefined;
  /** Notes what a file came to. */
  note(name: string, content: Content): Promise<void>;
  /** Writes `index.json`. */
  finish(transactionTime: string | null, files: readonly ListedFile[]): Promise<void>;
  /** Lets go of the folder. */
  close(): Promise<void>;
}

const indexName = 'index.json';
/** What is done so far, one line for each file; the first line is the fingerprint of the export. */
const journalName = 'index.json.part';

/**
 * Opens a folder, made where it is missing, and finds out what is there already.
 * Rejects with a DownloadError where it holds another export.
 */
export async function openFolder(path: string, fingerprint: string): Promise<DownloadFolder> {
  await mkdir(path, { recursive: true });
  const noted = new Map<string, Content>([
    ...(await readIndex(path, fingerprint)),
    ...(await readJournal(path, fingerprint)),
  ]);
  const found = new Map<string, Content>();
  for (const [name, content] of noted)
    if ((await sizeOf(join(path, name))) === content.bytes) found.set(name, content);

  await writeWhole(path, journalName, linesOf([fingerprint, ...found]));
  if (found.size < noted.size) await rm(join(path, indexName), { force: true });
  const journal = await open(join(path, journalName), 'a');
  return {
    path,
    contentOf: (name) => found.get(name),
    async note(name, content) {
      await journal.appendFile(linesOf([[name, content]]));
      found.set(name, content);
    },
    async finish(transactionTime, files) {
      const entries = files.flatMap((file) => entryOf(file, found.get(file.name)));
      const index: DownloadIndex = { transactionTime, fingerprint, files: entries };
      await writeWhole(path, indexName, `${JSON.stringify(index, null, 2)}\n`);
      await rm(join(path, journalName), { force: true });
    },
    close: () => journal.close(),
  };
}

function entryOf(listed: ListedFile, content: Content | undefined): IndexEntry[] {
  const { name, section, type, url, count } = listed;
  return content ? [{ file: name, section, type, url: maskUrl(url), count, ...content }] : [];
}

/** Files of the index, as somebody may have taken one of them away since. */
async function readIndex(path: string, fingerprint: string): Promise<[string, Content][]> {
  const text = await readText(join(path, indexName));
  if (text === undefined) return [];
  const index = parse(text) as Partial<DownloadIndex> | undefined;
  if (index?.fingerprint !== fingerprint) throw holdsAnother(path);
  return (index.files ?? []).map(({ file, lines, bytes, sha256 }) => [
    file,
    { lines, bytes, sha256 },
  ]);
}

async function readJournal(path: string, fingerprint: string): Promise<[string, Content][]> {
  const text = await readText(join(path, journalName));
  if (text === undefined) return [];
  const [first, ...entries] = text.split('\n').map(parse);
  if (first !== fingerprint) throw holdsAnother(path);
  // What was cut off when it was written is none.
  return entries.filter((entry) => Array.isArray(entry)) as [string, Content][];
}

function holdsAnother(path: string): DownloadError {
  return new DownloadError(
    'folder-of-another-export',
    `The folder ${path} holds files of another export: choose one for each export.`,
  );
}

const linesOf = (values: readonly unknown[]): string =>
  values.map((value) => `${JSON.stringify(value)}\n`).join('');

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

async function readText(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

async function sizeOf(path: string): Promise<number | undefined> {
  try {
    return (await stat(path)).size;
  } catch {
    return undefined;
  }
}

/** Writes a file so that it is there whole or not at all. */
async function writeWhole(path: string, name: string, text: string): Promise<void> {
  const besides = join(path, `.${name}.new`);
  const handle = await open(besides, 'w');
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(besides, join(path, name));
}
