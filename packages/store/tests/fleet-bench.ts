import type { Bench } from './store-bench.js';

/** The index of open jobs that cannot be polled as they should. */
export const healthIndex = '{bulkwatch}:job-health';

/** What is in it: a job, its score, and so on. */
export const indexed = ({ raw }: Bench): Promise<string[]> =>
  raw.zrange(healthIndex, '0', '-1', 'WITHSCORES');

/** How many writes to sorted sets, that one and others, Redis counts while something is done. */
export async function indexWrites({ raw }: Bench, run: () => Promise<void>): Promise<number> {
  await raw.config('RESETSTAT');
  await run();
  const info = await raw.info('commandstats');
  const calls = [...info.matchAll(/^cmdstat_z(?:add|rem):calls=(\d+)/gm)];
  return calls.reduce((sum, [, count]) => sum + Number(count), 0);
}
