/** Everything that is left to chance in a world: one stream of numbers for each thing, all of them from the seed. */
export interface Dice {
  /** In [0, 1). */
  readonly roll: () => number;
  chance(probability: number): boolean;
  /** A whole number, both ends included. */
  between(from: number, to: number): number;
  /** As `between`, but small ones are as likely as large ones: for durations. */
  spread(from: number, to: number): number;
  pick<T>(from: readonly [T, ...T[]] | readonly T[]): T;
  /** A stream of its own, so that what one thing draws changes nothing for another. */
  fork(name: string): Dice;
}

/** Dice that fall alike for the same seed. */
export function diceOf(seed: number): Dice {
  let state = seed >>> 0;
  // Mulberry32: 32 bits of state, good enough to choose faults with.
  const roll = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const between = (from: number, to: number): number => from + Math.floor(roll() * (to - from + 1));
  return {
    roll,
    chance: (probability) => roll() < probability,
    between,
    spread: (from, to) => Math.round(from * (to / from) ** roll()),
    pick: <T>(from: readonly T[]): T => from[between(0, from.length - 1)] as T,
    fork: (name) => diceOf(hashOf(name, seed)),
  };
}

/** FNV-1a, begun with the seed; then mixed once, so that neighbouring seeds do not stay neighbours. */
function hashOf(text: string, seed: number): number {
  let hash = (2166136261 ^ seed) >>> 0;
  for (let i = 0; i < text.length; i += 1) hash = Math.imul(hash ^ text.charCodeAt(i), 16777619);
  hash = Math.imul(hash ^ (hash >>> 16), 0x45d9f3b);
  return (hash ^ (hash >>> 16)) >>> 0;
}
