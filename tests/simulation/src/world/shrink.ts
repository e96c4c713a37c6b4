import type { FaultClass } from './swarm.js';
import { live, type Outcome, type WorldOptions } from './world.js';

/** The smallest that was found of a world in which a promise is broken. */
export interface Shrunk {
  readonly outcome: Outcome;
  readonly without: readonly FaultClass[];
  readonly jobsMax: number;
}

/**
 * Makes a world that breaks a promise smaller: fault classes are switched off one by one, then jobs are left out, for as
 * long as it still breaks one. The story is that of the smallest.
 */
export async function shrink(
  seed: number,
  options: WorldOptions = {},
): Promise<Shrunk | undefined> {
  let without: ReadonlySet<FaultClass> = new Set();
  let jobsMax = 8;
  const attempt = (one: WorldOptions) => live(seed, { ...options, ...one });
  const found = await attempt({});
  if (!found.violation) return undefined;
  for (const fault of found.faults) {
    const fewer = new Set([...without, fault]);
    if ((await attempt({ without: fewer })).violation) without = fewer;
  }
  for (let jobs = 1; jobs < jobsMax; jobs += 1) {
    if ((await attempt({ without, jobsMax: jobs })).violation) jobsMax = jobs;
  }
  const outcome = await attempt({ without, jobsMax, isTold: true });
  return { outcome, without: [...without], jobsMax };
}
