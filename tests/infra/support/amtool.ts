import { spawnSync } from 'node:child_process';

/** Runs amtool; gives what it printed. Throws its output when it is not content, or is not installed. */
export function amtool(...args: readonly string[]): string {
  const { error, status, stdout, stderr } = spawnSync('amtool', args, { encoding: 'utf8' });
  if (error) throw new Error('amtool is not on PATH: install Alertmanager.', { cause: error });
  if (status !== 0) throw new Error(`amtool ${args.join(' ')}\n${stdout}${stderr}`);
  return stdout;
}
