import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { atExit } from './at-exit.mjs';

/** A folder of our own under the system's temporary folder, gone when this process ends. */
export function temporaryFolder() {
  const folder = mkdtempSync(join(tmpdir(), 'bulkwatch-'));
  atExit(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
