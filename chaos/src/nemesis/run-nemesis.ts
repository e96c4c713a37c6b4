import type { Dice } from '../dice.js';
import type { Fault, FaultContext, Healing } from '../fault.js';
import type { Ledger } from '../ledger.js';
import { type Act, planFaults, planFinale } from './plan-faults.js';

/** How long a fault or a healing may take until the run counts it as one that did not happen. */
const patienceMs = 90_000;

export interface NemesisOptions {
  readonly dice: Dice;
  readonly faults: readonly Fault[];
  readonly forMs: number;
  readonly context: FaultContext;
  readonly ledger: Ledger;
  readonly signal: AbortSignal;
}

/** Plays acts one after the other until the time is over or the signal aborts, and then the finale. Whatever was begun is healed. */
export async function runNemesis(options: NemesisOptions): Promise<void> {
  const { dice, faults, forMs, context, ledger, signal } = options;
  const untilMs = performance.now() + forMs;
  let count = 0;
  const playAct = async ({ faults: together, holdMs, restMs }: Act): Promise<void> => {
    const healings = together.map((fault) => {
      count += 1;
      return begin(fault, `${fault.name}#${count}`, context, ledger);
    });
    await Promise.all(healings);
    await context.sleep(holdMs);
    await Promise.all(healings.map(async (healing) => (await healing)()));
    await context.sleep(restMs);
  };
  const acts = planFaults(dice, faults);
  while (performance.now() < untilMs && !signal.aborted) await playAct(acts.next().value);
  if (!signal.aborted) await playAct(planFinale(dice, faults));
}

/** Begins a fault, and gives its healing, which never rejects and is noted. */
async function begin(
  fault: Fault,
  key: string,
  context: FaultContext,
  ledger: Ledger,
): Promise<Healing> {
  const { name, row, kind } = fault;
  const note = (op: 'inject' | 'heal', type: 'invoke' | 'ok' | 'fail', more: object = {}): void =>
    ledger.note({ who: 'nemesis', op, type, key, value: { name, row, kind, ...more } });
  note('inject', 'invoke');
  let heal: Healing;
  try {
    heal = await inTime(fault.inject(context));
    note('inject', 'ok');
  } catch (error) {
    note('inject', 'fail', { error: String(error) });
    return async () => undefined;
  }
  return async () => {
    try {
      await inTime(heal());
      note('heal', 'ok');
    } catch (error) {
      note('heal', 'fail', { error: String(error) });
    }
  };
}

/** The promise, or a rejection when it takes too long. */
async function inTime<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('took too long')), patienceMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
