import { between, type Dice, shuffled } from '../dice.js';
import type { Fault } from '../fault.js';

/** Troubles that are to happen together, and for how long. */
export interface Act {
  readonly faults: readonly Fault[];
  readonly holdMs: number;
  /** Quiet time afterwards, in which the house has to recover. */
  readonly restMs: number;
}

/** How often a kind comes before all others have had their turn. */
const weights: Readonly<Record<Fault['kind'], number>> = {
  process: 3,
  network: 2,
  redis: 2,
  provider: 2,
  api: 1,
  clock: 1,
};

const pairShare = 0.35;
/** Two faults of these would heal each other. */
const isAlone = (fault: Fault): boolean => fault.kind === 'redis';

/**
 * The troubles of a run without end, as its seed has them: each fault has its turn before any comes again, more often the more its kind
 * weighs; about a third come in pairs.
 */
export function* planFaults(dice: Dice, faults: readonly Fault[]): Generator<Act, never> {
  let deck = dealDeck(dice, faults, true);
  for (;;) {
    if (deck.length === 0) deck = dealDeck(dice, faults, false);
    const first = deck.pop() as Fault;
    const other = dice() < pairShare ? takePartner(deck, first) : undefined;
    yield {
      faults: other ? [first, other] : [first],
      holdMs: between(dice, 500, 6_000),
      restMs: between(dice, 500, 4_000),
    };
  }
}

/** The first deck holds each once, so that all have had their turn as soon as may be. */
function dealDeck(dice: Dice, faults: readonly Fault[], isFirst: boolean): Fault[] {
  const weighed = faults.flatMap((fault) =>
    Array.from({ length: isFirst ? 1 : weights[fault.kind] }, () => fault),
  );
  return shuffled(dice, weighed);
}

function takePartner(deck: Fault[], first: Fault): Fault | undefined {
  const index = deck.findIndex(
    (one) => one.name !== first.name && !(isAlone(one) && isAlone(first)),
  );
  return index < 0 ? undefined : deck.splice(index, 1)[0];
}

/** The end of a run, everything at once: one fault of each kind, and one more of processes. */
export function planFinale(dice: Dice, faults: readonly Fault[]): Act {
  const order = shuffled(dice, faults);
  const kinds = [...new Set(order.map(({ kind }) => kind)), 'process'];
  const chosen = new Set<Fault>();
  for (const kind of kinds) {
    const one = order.find((fault) => fault.kind === kind && !chosen.has(fault));
    if (one) chosen.add(one);
  }
  return { faults: [...chosen], holdMs: 8_000, restMs: 1_000 };
}
