import { createReadStream } from 'node:fs';
import { type FileHandle, open, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DiskError } from './disk-error.js';
import { createTally } from './tally.js';

/** What the server said of the representation (RFC 9110 section 3.2) that a part is of. */
export interface Representation {
  /** For `If-Range`: a strong ETag or a Last-Modified that serves as one; null where there is none, and no going on. */
  readonly validator: string | null;
  /** How long the whole is; null where the server did not say. */
  readonly totalBytes: number | null;
}

/** What a file came to. */
export interface Content {
  readonly lines: number;
  readonly bytes: number;
  readonly sha256: string;
}

/** A file on its way to the disk: `<name>.part`, and what it is a part of in `<name>.part.json` beside it. */
export interface PartFile {
  /** How much of it is there. */
  readonly bytes: number;
  readonly lines: number;
  /** Of what it is a part; undefined where nothing is there that can be gone on with. */
  readonly representation: Representation | undefined;
  /** Whether something of it was there before this process, or another request, went on with it. */
  readonly resumed: boolean;
  /** Whether all of it is there, as far as the server said how long it is. */
  readonly whole: boolean;
  /** Begins it anew, as a part of that; of nothing where it is not to be gone on with. */
  restart(representation: Representation): Promise<void>;
  append(chunk: Uint8Array): Promise<void>;
  /** Says that what follows goes on with what is there. */
  resume(): void;
  /**
   * Gives it its name, now that it is whole, so that it is there all at once, also after a loss of power. `note` is told
   * before of what it came to: a name without a note would be fetched again.
   */
  finish(note: (content: Content) => Promise<void>): Promise<Content>;
  /** Lets go of it. What is there stays. */
  close(): Promise<void>;
  /** Lets go of it and takes it away. */
  discard(): Promise<void>;
}

/** Opens the part of a file, and reads what is there of it. */
export async function openPart(folder: string, name: string): Promise<PartFile> {
  const path = join(folder, `${name}.part`);
  const sidecar = `${path}.json`;
  const handle = await open(path, 'a');
  let tally = createTally();
  let representation = await readRepresentation(sidecar);
  try {
    const there = representation ? createReadStream(path) : [];
    for await (const chunk of there) tally.add(chunk as Buffer);
  } catch (error) {
    await handle.close();
    throw error;
  }
  let resumed = false;

  const empty = async (): Promise<void> => {
    representation = undefined;
    // In this order, and each on the disk before the next: a part must never be beside what it is no part of.
    await rm(sidecar, { force: true });
    const hadBytes = (await handle.stat()).size > 0;
    await handle.truncate(0);
    if (hadBytes) await handle.sync();
    tally = createTally();
    resumed = false;
  };
  return {
    get bytes() {
      return tally.bytes;
    },
    get lines() {
      return tally.lines;
    },
    get representation() {
      return representation;
    },
    get resumed() {
      return resumed;
    },
    get whole() {
      return representation !== undefined && representation.totalBytes === tally.bytes;
    },
    async restart(newOne) {
      await empty();
      if (newOne.validator === null) return;
      await writeFile(sidecar, JSON.stringify(newOne));
      representation = newOne;
    },
    async append(chunk) {
      await appendAll(handle, chunk);
      tally.add(chunk);
    },
    resume() {
      resumed = tally.bytes > 0;
    },
    async finish(note) {
      try {
        const { size } = await handle.stat();
        if (size !== tally.bytes) throw new DiskError('another process writes to the same file');
        await handle.sync();
      } finally {
        await handle.close();
      }
      const content = { lines: tally.lines, bytes: tally.bytes, sha256: tally.sha256() };
      await note(content);
      await rename(path, join(folder, name));
      await rm(sidecar, { force: true });
      return content;
    },
    close: () => handle.close(),
    async discard() {
      await handle.close();
      await rm(sidecar, { force: true });
      await rm(path, { force: true });
    },
  };
}

async function appendAll(handle: FileHandle, chunk: Uint8Array): Promise<void> {
  for (let from = 0; from < chunk.length; ) {
    const { bytesWritten } = await handle.write(chunk, from);
    from += bytesWritten;
  }
}

/** Undefined where there is none, or one that was cut off when it was written. */
async function readRepresentation(sidecar: string): Promise<Representation | undefined> {
  try {
    const { validator, totalBytes } = JSON.parse(await readFile(sidecar, 'utf8')) as Representation;
    return typeof validator === 'string' ? { validator, totalBytes } : undefined;
  } catch {
    return undefined;
  }
}
