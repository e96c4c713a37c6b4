/** Repeatable numbers in [0, 1) from a seed: mulberry32. */
export function diceFrom(seed: number): Dice {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
export type Dice = () => number;

/** A whole number from `least` to `most`, both included. */
export const between = (dice: Dice, least: number, most: number): number =>
  least + Math.floor(dice() * (most - least + 1));

/** One of them. Throws where there is none. */
export function pick<T>(dice: Dice, from: readonly T[]): T {
  if (from.length === 0) throw new Error('there is nothing to pick from');
  return from[Math.floor(dice() * from.length)] as T;
}

/** The same in an order that the dice decide. */
export function shuffled<T>(dice: Dice, items: readonly T[]): T[] {
  const order = [...items];
  for (let last = order.length - 1; last > 0; last -= 1) {
    const other = between(dice, 0, last);
    [order[last], order[other]] = [order[other] as T, order[last] as T];
  }
  return order;
}
