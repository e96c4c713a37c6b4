import type { Shrunk } from './shrink.js';
import type { Outcome } from './world.js';

const uuid = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;

/** The same story with `job 1` in place of an id: ids are new in each run, all else is the same. */
export function toldWithNames(story: readonly string[]): readonly string[] {
  const names = new Map<string, string>();
  for (const line of story) {
    const [, id] = /^\S+ (\S+) register /.exec(line) ?? [];
    if (id !== undefined && line.includes('created') && !names.has(id))
      names.set(id, `job ${names.size + 1}`);
  }
  return story.map((line) => line.replace(uuid, (id) => names.get(id) ?? '…'));
}

/** What a programmer needs to see of a world that broke a promise. */
export function describe({ outcome, without, jobsMax }: Shrunk, lines = 30): string {
  const { seed, violation, faults } = outcome;
  const of = violation?.jobId;
  const told = toldWithNames(outcome.story);
  const ofJob = told.filter((_line, i) => of === undefined || outcome.story[i]?.includes(of));
  return [
    `seed ${seed}: ${violation?.what ?? 'nothing'}`,
    `with ${faults.join(', ') || 'no faults'}; without ${without.join(', ') || 'nothing'}; ${jobsMax} exports at most`,
    ...ofJob.slice(-lines),
  ].join('\n');
}

/** A whole world, line by line. */
export const story = ({ story: lines, violation }: Outcome): string =>
  [...toldWithNames(lines), violation ? `violation: ${violation.what}` : 'no violation'].join('\n');
