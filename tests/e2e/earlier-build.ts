import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startProcess } from '@bulkwatch/testkit';

const script = fileURLToPath(new URL('../../scripts/lib/earlier-build.mjs', import.meta.url));

/**
 * The build that this one comes after, to run the two side by side. Whoever publishes a release sets it to that release; the data
 * of one that knew no schema is in fixtures/earlier-release.json.
 */
export const earlierCommit = 'e6b86f693a7b1f60f8d15f889c44cb8593bc8d7b';

export interface EarlierBuild {
  /** Undefined in a checkout without that commit: then there is but the one build. */
  readonly folder: string | undefined;
  remove(): Promise<void>;
}

/** Builds it in a temporary folder, out of the history of this checkout. */
export async function earlierBuild(commit: string): Promise<EarlierBuild> {
  const parent = await mkdtemp(join(tmpdir(), 'bulkwatch-earlier-'));
  const remove = () => rm(parent, { recursive: true, force: true });
  const folder = join(parent, 'build');
  const run = await startProcess({ command: process.execPath, args: [script, commit, folder] });
  const { code } = await run.exited;
  if (code === 0) return { folder, remove };
  await remove();
  const said = run.lines().join('\n');
  if (!said.includes('There is no commit')) throw new Error(said);
  return { folder: undefined, remove };
}
