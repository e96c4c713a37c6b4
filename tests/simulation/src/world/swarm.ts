import type { Dice } from './dice.js';

/** Every class of faults; in each world some are on and some are off, each with a rate of its own. */
export const faultClasses = [
  'request-lost',
  'reply-lost',
  'slow-redis',
  'partition',
  'redis-restart',
  'redis-rolled-back',
  'redis-refuses-writes',
  'redis-clock',
  'crash',
  'pause',
  'drain',
  'worker-clock',
  'wake-up-lost',
  'engine-keys-deleted',
  'provider-outage',
  'provider-odd',
  'provider-slow',
  'provider-hangs',
  'provider-resets',
  'token-expiry',
  'tight-gate',
  'api-hasty',
  'operators',
] as const;

export type FaultClass = (typeof faultClasses)[number];

/** The classes that are on in a world, each with its rate in (0, 1]. */
export interface Swarm {
  isOn(fault: FaultClass): boolean;
  /** The rate, scaled to `most`; 0 where the class is off. */
  rate(fault: FaultClass, most: number): number;
  readonly on: readonly FaultClass[];
}

/** Half of the classes are on; those of `without` are off whatever was drawn for them. */
export function swarmOf(dice: Dice, without: ReadonlySet<FaultClass>): Swarm {
  const rates = new Map<FaultClass, number>();
  for (const fault of faultClasses) {
    const rate = dice.spread(5, 100) / 100;
    if (dice.chance(0.5) && !without.has(fault)) rates.set(fault, rate);
  }
  return {
    isOn: (fault) => rates.has(fault),
    rate: (fault, most) => (rates.get(fault) ?? 0) * most,
    on: [...rates.keys()],
  };
}
