import { existsSync } from 'node:fs';
import { cp, mkdir, readdir, readFile, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Halt } from './halt.mjs';
import { runCommand } from './run-command.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** What the services are made of. */
const parts = ['packages', 'services', 'package.json', 'tsconfig.base.json'];

/**
 * Builds the services of an earlier commit in a folder of its own, to run beside those of this checkout. Third-party libraries are
 * those of this checkout: nothing is downloaded. Halts where the commit is not in the history, or needs a library that is
 * not here.
 * @param {{ ref: string, folder: string }} options the folder must not exist
 * @returns {Promise<string>} the folder; `services/<name>/dist/main.js` in it can be run
 */
export async function buildEarlier({ ref, folder }) {
  if (!(await isInHistory(ref)))
    throw new Halt(
      `There is no commit ${ref} in this checkout. Get its history: git fetch --unshallow`,
    );
  await mkdir(folder, { recursive: true });
  const archive = `git -C ${JSON.stringify(root)} archive ${ref} ${parts.join(' ')} | tar -x -C ${JSON.stringify(folder)}`;
  await mustRun({ command: 'sh', args: ['-c', archive] });
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'));
  for (const part of await partsOf(folder)) await linkLibraries(part, folder);
  const tsc = join(root, 'node_modules/.bin/tsc');
  const projects = ['api', 'worker'].map((name) => join(folder, 'services', name));
  await mustRun({ command: tsc, args: ['-b', ...projects] });
  return folder;
}

/**
 * Whether a commit, by a name that git knows, can be built.
 * @param {string} ref
 */
export async function isInHistory(ref) {
  if (!/^[\w./^~-]+$/.test(ref)) throw new Halt(`${ref} is no name of a commit.`);
  const args = ['-C', root, 'cat-file', '-e', `${ref}^{commit}`];
  return (await runCommand({ command: 'git', args })).ok;
}

async function partsOf(folder) {
  const names = await Promise.all(
    ['packages', 'services'].map(async (group) =>
      (await readdir(join(folder, group))).map((name) => join(group, name)),
    ),
  );
  return names.flat().filter((part) => existsSync(join(folder, part, 'package.json')));
}

/** Links are relative: those to rooms lead to the earlier ones, those to libraries through the linked `node_modules`. */
async function linkLibraries(part, folder) {
  const here = join(root, part, 'node_modules');
  const there = join(folder, part, 'node_modules');
  if (existsSync(here)) await cp(here, there, { recursive: true, verbatimSymlinks: true });
  const { dependencies = {} } = JSON.parse(
    await readFile(join(folder, part, 'package.json'), 'utf8'),
  );
  const missing = Object.keys(dependencies).filter((name) => !existsSync(join(there, name)));
  if (missing.length > 0)
    throw new Halt(`${part} of that commit needs ${missing.join(', ')}, which is not here.`);
}

async function mustRun(command) {
  const { ok, output } = await runCommand(command);
  if (!ok) throw new Halt(output);
}

/**
 * `node scripts/lib/earlier-build.mjs REF FOLDER`, for those who are no script: prints the folder.
 * @param {string[]} args
 */
async function main([ref = '', folder = '']) {
  try {
    console.log(await buildEarlier({ ref, folder }));
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    console.error(error.message);
    process.exitCode = 1;
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main(process.argv.slice(2));
