import type { Fault, FaultContext, Healing } from '../fault.js';
import type { Ledger } from '../ledger.js';
import type { Act } from './plan-faults.js';

/** How long a fault or a healing may take until the run counts it as one that did not happen. */
const patienceMs = 60_000;

/** Plays the acts one after the other, until the signal aborts; whatever was begun is healed. */
export async function runNemesis(
  acts: readonly Act[],
  context: FaultContext,
  { ledger, signal }: { ledger: Ledger; signal: AbortSignal },
): Promise<void> {
  let count = 0;
  const beginOne = (fault: Fault): Promise<Healing> => {
    count += 1;
    return begin(fault, `${fault.name}#${count}`, context, ledger);
  };
  for (const { faults, holdMs, restMs } of acts) {
    if (signal.aborted) return;
    const healings = await Promise.all(faults.map(beginOne));
    await context.sleep(holdMs);
    await Promise.all(healings.map((heal) => heal()));
    await context.sleep(restMs);
  }
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
