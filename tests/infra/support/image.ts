import { execFile, spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { readDockerfile, stagesOf } from './dockerfile.js';
import { pathOf } from './infra-files.js';

const run = promisify(execFile);
const instructions = readDockerfile('infra/docker/Dockerfile');
const stages = stagesOf(instructions);
const last = stages.at(-1) ?? [];

/** Fills `folder` with what the image of a package holds, by the commands of the Dockerfile. */
export async function deployTo(folder: string, packageName: string): Promise<void> {
  for (const command of deployCommands())
    await run('sh', ['-c', command.replaceAll('${PACKAGE}', packageName)], {
      cwd: pathOf('.'),
      env: { ...process.env, OUT: folder },
    });
  for (const source of ownFiles()) copyFileSync(pathOf(source), join(folder, basename(source)));
}

/** What the stage `deploy` runs to fill /out. */
function deployCommands(): string[] {
  const pnpm = instructions.flatMap(({ text }) => text.match(/pnpm@[\d.]+/) ?? [])[0];
  const stage = stages.find(([from]) => from?.words.at(-1) === 'deploy') ?? [];
  const commands = stage.filter(({ keyword }) => keyword === 'RUN').map(({ text }) => text);
  if (pnpm === undefined || commands.length === 0)
    throw new Error('The Dockerfile deploys nothing.');
  return commands.map((command) =>
    command
      // The packages are in the store of this machine and their ages and origins were checked when they came there, so
      // that the test needs no network where the build of an image has one.
      .replace(/^pnpm /, `npx --yes ${pnpm} `)
      .replace(
        ' deploy ',
        ' deploy --offline --config.minimum-release-age=0 --config.trust-policy=off ',
      )
      .replaceAll(/(?<= )\/out(?= |$)/g, '"$OUT"'),
  );
}

/** Files of the repository that the image has beside its package. */
const ownFiles = (): string[] =>
  last
    .filter(({ keyword, flags }) => keyword === 'COPY' && flags['from'] === 'build')
    .flatMap(({ words }) => words.slice(0, -1).map((word) => word.replace('/repo/', '')));

export interface CommandLine {
  readonly command: string;
  readonly args: string[];
}

/** The command line that the image runs. */
export function entrypoint(): CommandLine {
  const [command = '', ...args] = last.find(({ keyword }) => keyword === 'ENTRYPOINT')?.exec ?? [];
  return { command, args };
}

/** Makes the root file system read-only for itself alone, becomes the user of the image, and does as told. */
const becomeTheImage = `
  mount --make-rprivate / && mount -o remount,bind,ro / &&
  exec setpriv --reuid=$1 --regid=$1 --clear-groups --no-new-privs --inh-caps=-all --bounding-set=-all -- "\${@:2}"`;

/**
 * The same command line run as a container does: as the user of the image, who may do nothing more, on a root file system
 * that nobody can write to. As it is where we are not root, or may not mount.
 */
export function asInContainer({ command, args }: CommandLine): CommandLine {
  const user = last.find(({ keyword }) => keyword === 'USER')?.text ?? '';
  const become = ['--mount', 'bash', '-c', becomeTheImage, 'bash', user];
  const mayBecome = spawnSync('unshare', [...become, 'true']).status === 0;
  return mayBecome
    ? { command: 'unshare', args: [...become, command, ...args] }
    : { command, args };
}

/** Lets the user of the image read a folder that a test made for itself. */
export const openToAll = (folder: string): void => chmodSync(folder, 0o755);
