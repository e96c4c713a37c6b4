import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { eventually, type RunningProcess } from '@bulkwatch/testkit';

/** To be loaded before a service whose loop is to be watched. */
export const loopWatch = fileURLToPath(new URL('loop-watch.mjs', import.meta.url));

/** What a process went through since it was last asked. */
export interface VitalSigns {
  /** How often its loop was looked at. */
  readonly turns: number;
  /** For how long the loop was held up at most: processor time of the main thread in one turn. */
  readonly longestMs: number;
  /** The longest such times beyond 20 ms, the longest first. */
  readonly beyond: readonly number[];
  /** Most memory that it had at once, and what it has now, MiB. */
  readonly peakMb: number;
  readonly nowMb: number;
}

/** Asks a process that was started with `loopWatch`, and begins anew. Throws when it is not there any more. */
export async function vitalSigns(running: RunningProcess): Promise<VitalSigns> {
  const told = () => running.lines().filter((line) => line.startsWith('{"loopWatch"'));
  const before = told().length;
  process.kill(running.pid, 'SIGWINCH');
  const line = await eventually(
    () => {
      const [next] = told().slice(before);
      if (next === undefined) throw new Error('the process does not answer');
      return next;
    },
    { timeoutMs: 20_000 },
  );
  const status = readFileSync(`/proc/${running.pid}/status`, 'utf8');
  const mb = (name: string): number =>
    Math.round(Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1] ?? Number.NaN) / 1_024);
  const signs = { peakMb: mb('VmHWM'), nowMb: mb('VmRSS') };
  // From now on the peak is that of what follows.
  writeFileSync(`/proc/${running.pid}/clear_refs`, '5');
  return { ...(JSON.parse(line) as { loopWatch: VitalSigns }).loopWatch, ...signs };
}
