import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { readDockerfile } from './dockerfile.js';
import { pathOf } from './infra-files.js';

const run = promisify(execFile);
const instructions = readDockerfile('infra/docker/Dockerfile');

/** Fills `folder` with what the image of a package holds, by the command of the Dockerfile. */
export async function deployTo(folder: string, packageName: string): Promise<void> {
  const commands = instructions.filter(({ keyword }) => keyword === 'RUN').map(({ text }) => text);
  const pnpm = commands.join(' ').match(/pnpm@[\d.]+/)?.[0];
  const deploy = commands.find((command) => command.includes(' deploy '));
  if (pnpm === undefined || deploy === undefined)
    throw new Error('The Dockerfile deploys nothing.');
  // The packages are in the store of this machine and their ages and origins were checked when they came there, so that
  // the test needs no network where the build of an image has one.
  const command = deploy
    .replace(/^pnpm /, `npx --yes ${pnpm} `)
    .replace(
      ' deploy ',
      ' deploy --offline --config.minimum-release-age=0 --config.trust-policy=off ',
    )
    .replace('${PACKAGE}', packageName)
    .replace(/\/out$/, '"$OUT"');
  await run('sh', ['-c', command], {
    cwd: pathOf('.'),
    env: { ...process.env, OUT: folder },
  });
}

/** The command line that the image runs. */
export function entrypoint(): { command: string; args: string[] } {
  const { text = '[]' } = instructions.find(({ keyword }) => keyword === 'ENTRYPOINT') ?? {};
  const [command = '', ...args] = JSON.parse(text) as string[];
  return { command, args };
}
