import { setTimeout as delay } from 'node:timers/promises';
import { between, type Dice, pick } from '../dice.js';
import type { ApiKey } from '../house/make-api-keys.js';
import type { ChaosProvider } from '../provider/chaos-provider.js';
import { drawExport } from './draw-export.js';
import type { Operate } from './operate.js';
import { type Registered, type RegisterParts, registerBatch, registerOne } from './register.js';

export interface LoadOptions extends RegisterParts {
  readonly dice: Dice;
  readonly provider: ChaosProvider;
  readonly apiKeys: readonly ApiKey[];
  /** How many exports are begun, at a steady pace over `forMs`. */
  readonly jobs: number;
  readonly forMs: number;
  readonly operate: Operate;
  readonly onRegistered: (job: Registered) => void;
  readonly signal: AbortSignal;
}

/** How many calls may wait for the api at once. What is due beyond that is made up for later. */
const callsMax = 30;
const batchShare = 0.04;

/** Registers exports until all have been tried, or the signal aborts. Resolves when no call is under way any more. */
export async function runLoad(options: LoadOptions): Promise<void> {
  const { dice, provider, apiKeys, jobs, forMs, operate, onRegistered, signal } = options;
  const startedMs = performance.now();
  // A short run is not to end with long waits.
  const longestSeconds = Math.ceil(forMs / 4_000);
  const calls = new Set<Promise<void>>();
  let begun = 0;
  const begin = (work: () => Promise<readonly Registered[]>): void => {
    const call = work().then((made) => {
      for (const job of made) {
        onRegistered(job);
        operate(job);
      }
    });
    calls.add(call);
    void call.finally(() => calls.delete(call));
  };
  while (begun < jobs && !signal.aborted) {
    const due = Math.min(jobs, (jobs * (performance.now() - startedMs)) / forMs);
    while (begun < due && calls.size < callsMax) {
      const key = pick(dice, apiKeys);
      const size = dice() < batchShare ? Math.min(between(dice, 2, 8), jobs - begun) : 1;
      const planned = Array.from({ length: size }, () =>
        drawExport(dice, provider, longestSeconds),
      );
      begun += size;
      begin(async () => {
        if (size > 1) return registerBatch(options, key, planned);
        const made = await registerOne(options, key, planned[0] as (typeof planned)[0]);
        return made ? [made] : [];
      });
    }
    await delay(20);
  }
  await Promise.all(calls);
}
