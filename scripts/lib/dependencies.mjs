import { createHash } from 'node:crypto';
import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import { mustRun } from './run-command.mjs';

/** The package manager, as npx takes it. */
export const pnpm = 'pnpm@12.21.0';
const stampFile = 'node_modules/.bulkwatch-stamp';

/** Installs what the lockfile says, unless that is what is installed already. */
export async function installDependencies() {
  const stamp = manifestsDigest();
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp) return;
  console.log('Installing dependencies (once, and again when the lockfile changes) ...');
  await mustRun({
    what: 'install the dependencies',
    command: 'npx',
    args: [
      '--yes',
      pnpm,
      'install',
      '--frozen-lockfile',
      // Without a terminal pnpm refuses to replace a node_modules that another store made.
      '--config.confirmModulesPurge=false',
    ],
    env: packageManagerEnv(process.env),
  });
  writeFileSync(stampFile, stamp);
}

/** Digest of every file that decides what gets installed, and of the platform it is installed for. */
function manifestsDigest() {
  const folders = ['packages', 'services'].flatMap((room) =>
    readdirSync(room).map((name) => join(room, name)),
  );
  const files = ['pnpm-lock.yaml', 'pnpm-workspace.yaml', '.npmrc', 'package.json'].concat(
    folders.map((folder) => join(folder, 'package.json')),
  );
  const digest = createHash('sha256').update(`${pnpm} ${process.platform} ${process.arch}`);
  for (const file of files.filter((name) => existsSync(name)).toSorted()) {
    digest.update(`\0${file}\0`).update(readFileSync(file));
  }
  return digest.digest('hex');
}

/**
 * The environment for npx and pnpm. What the outer `npm test` says about itself is taken out, since the
 * inner one would read it as settings (an empty value even as an explicit "no"); settings of the user stay.
 * Without a home that can be written to, caches go under `.bulkwatch/`.
 * @param {NodeJS.ProcessEnv} env
 */
export function packageManagerEnv(env) {
  const aboutTheOuterNpm =
    /^(npm_(lifecycle|package|command|execpath|node_execpath)|npm_config_(local_prefix|user_agent|npm_version))/;
  const kept = Object.entries(env).filter(
    ([name, value]) =>
      !aboutTheOuterNpm.test(name) && !(name.startsWith('npm_config_') && value === ''),
  );
  if (isWritable(env.HOME)) return Object.fromEntries(kept);
  const home = resolve('.bulkwatch/home');
  mkdirSync(home, { recursive: true });
  return { ...Object.fromEntries(kept), HOME: home, npm_config_cache: join(home, '.npm') };
}

function isWritable(folder) {
  if (!folder) return false;
  try {
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
