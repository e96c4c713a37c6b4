import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DownloadIndex } from '../src/download.js';

/** A folder for one test, and a look into it. */
export async function scratchFolder() {
  const path = await mkdtemp(join(tmpdir(), 'bulkwatch-download-'));
  return {
    path,
    /** 0 where there is none. */
    sizeOf: async (name: string): Promise<number> =>
      (await stat(join(path, name)).catch(() => undefined))?.size ?? 0,
    names: async (): Promise<string[]> => (await readdir(path)).toSorted(),
    text: (name: string): Promise<string> => readFile(join(path, name), 'utf8'),
    index: async (): Promise<DownloadIndex> =>
      JSON.parse(await readFile(join(path, 'index.json'), 'utf8')) as DownloadIndex,
    [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }),
  };
}
