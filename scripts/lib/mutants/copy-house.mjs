import { cpSync, mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import { basename, join, relative, resolve } from 'node:path';
import { Halt } from '../halt.mjs';
import { runCommand } from '../run-command.mjs';
import { withoutSettings } from '../without-settings.mjs';

const leftOut = new Set(['.git', '.bulkwatch', 'coverage', '.vite', '.vitest']);
/** Where pnpm keeps what comes from elsewhere: it is lent to the copy, and never changed. */
const lent = join('node_modules', '.pnpm');

/**
 * A copy of the tree as it is now, built, that may be broken. Its packages are linked to each other, not to those of the
 * tree it was made from: pnpm's links are relative.
 * @typedef {object} House
 * @property {string} folder
 * @property {(command: string, args: string[], withinMs?: number) => Promise<{ ok: boolean, output: string }>} run
 *   runs a program of the copy in the copy, and halts when it was told to stop meanwhile
 */

/**
 * @param {string} folder an empty one; whoever made it removes it
 * @param {AbortSignal} stop ends what runs in the copy
 * @returns {House}
 */
export function copyHouse(folder, stop) {
  const root = resolve('.');
  const to = join(folder, 'house');
  for (const name of readdirSync(root)) {
    if (leftOut.has(name)) continue;
    cpSync(join(root, name), join(to, name), {
      recursive: true,
      // The compiler builds again what is older than its source.
      preserveTimestamps: true,
      verbatimSymlinks: true,
      filter: (path) => !leftOut.has(basename(path)) && relative(root, path) !== lent,
    });
  }
  mkdirSync(join(to, 'node_modules'), { recursive: true });
  symlinkSync(join(root, lent), join(to, lent));
  // Git would take the patches for those of a repository around it, and leave out what is not in there.
  const env = { ...withoutSettings(process.env), GIT_CEILING_DIRECTORIES: folder };
  return {
    folder: to,
    async run(command, args, withinMs) {
      const result = await runCommand({ command, args, env, cwd: to, withinMs, stop });
      if (stop.aborted) throw new Halt('Stopped. The tree is as it was.');
      return result;
    },
  };
}
