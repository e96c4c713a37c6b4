import { spawnSync } from 'node:child_process';

/** Runs promtool; gives what it printed. Throws its output when it is not content, or is not installed. */
export function promtool(...args: readonly string[]): string {
  const { error, status, stdout, stderr } = spawnSync('promtool', args, { encoding: 'utf8' });
  if (error) throw new Error('promtool is not on PATH: install Prometheus.', { cause: error });
  if (status !== 0) throw new Error(`promtool ${args.join(' ')}\n${stdout}${stderr}`);
  return stdout + stderr;
}
