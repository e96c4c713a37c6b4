import { BoundedMap } from '../bounded-map.js';
import type { Clock } from '../clock.js';

/**
 * Says whether there is to be a line about a source: then it is how many were left out since the last one,
 * undefined otherwise.
 */
export type FloodGate = (source: string) => number | undefined;

export interface FloodGateOptions {
  readonly everyMs: number;
  /** How many sources are told apart; beyond that, the one whose line is oldest is forgotten. */
  readonly sourcesMax: number;
}

/** Lets the first line of a source pass at once and then one for each `everyMs`: a flood must not fill a disk. */
export function createFloodGate(
  clock: Pick<Clock, 'monotonicMs'>,
  { everyMs, sourcesMax }: FloodGateOptions,
): FloodGate {
  const floods = new BoundedMap<string, { readonly passedAtMs: number; leftOut: number }>(
    sourcesMax,
  );
  return (source) => {
    const flood = floods.get(source);
    const now = clock.monotonicMs();
    if (flood && now - flood.passedAtMs < everyMs) {
      flood.leftOut += 1;
      return undefined;
    }
    floods.set(source, { passedAtMs: now, leftOut: 0 });
    return flood?.leftOut ?? 0;
  };
}
