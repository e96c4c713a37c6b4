import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Puts files into a directory of their own for as long as a test needs them. */
export async function withFiles(files: Readonly<Record<string, string>>) {
  const directory = await mkdtemp(join(tmpdir(), 'bulkwatch-api-'));
  const path = (name: string): string => join(directory, name);
  for (const [name, text] of Object.entries(files)) await writeFile(path(name), text);
  return { path, remove: () => rm(directory, { recursive: true, force: true }) };
}
