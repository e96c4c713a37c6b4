import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const root = fileURLToPath(new URL('../..', import.meta.url));
const run = promisify(execFile);

/**
 * Runs what a page tells operators to type: the block of shell commands that begins with that comment. Rejects when one of
 * them fails, and where there is no such block.
 */
export async function runDocumented(
  page: string,
  firstLine: string,
  env: Readonly<Record<string, string>>,
): Promise<string> {
  const text = await readFile(`${root}/${page}`, 'utf8');
  const block = [...text.matchAll(/^```sh\n([^`]*)^```$/gm)]
    .map(([, commands = '']) => commands)
    .find((commands) => commands.startsWith(`${firstLine}\n`));
  if (block === undefined) throw new Error(`${page} has no block "${firstLine}"`);
  const options = { env: { PATH: process.env['PATH'] ?? '', ...env }, timeout: 60_000 };
  const { stdout } = await run('sh', ['-eu', '-c', block], options);
  return stdout;
}
