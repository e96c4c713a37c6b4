import { setTimeout as delay } from 'node:timers/promises';
import { between, type Dice } from '../dice.js';
import type { Ledger } from '../ledger.js';
import type { CallApi } from './call-api.js';
import type { Registered } from './register.js';

/** Does with a job what operators do, to a few of them. */
export type Operate = (job: Registered) => void;

interface OperateParts {
  readonly dice: Dice;
  readonly ledger: Ledger;
  readonly callApi: CallApi;
  readonly signal: AbortSignal;
}

/** The share of jobs that each is done to. */
const shares = { cancel: 0.015, 'cancel at the provider': 0.015, 'poll now': 0.03, pause: 0.03 };

/** Operators of the house. `settled` resolves when nobody is at it any more; what is paused is then resumed. */
export function createOperators(parts: OperateParts): {
  operate: Operate;
  settled(): Promise<void>;
} {
  const { dice, signal } = parts;
  const under = new Set<Promise<void>>();
  return {
    operate(job) {
      const action = drawAction(dice());
      if (action === undefined) return;
      const afterMs = between(dice, 0, 4_000);
      const forMs = between(dice, 500, 5_000);
      const work = delay(afterMs, undefined, { signal })
        .then(() => act(parts, job, action, forMs))
        .catch((error: unknown) => {
          if (!signal.aborted) throw error;
        });
      under.add(work);
      void work.finally(() => under.delete(work));
    },
    async settled() {
      await Promise.all(under);
    },
  };
}

function drawAction(drawn: number): keyof typeof shares | undefined {
  let left = drawn;
  const names = Object.keys(shares) as (keyof typeof shares)[];
  return names.find((name) => (left -= shares[name]) < 0);
}

async function act(
  parts: OperateParts,
  job: Registered,
  action: keyof typeof shares,
  forMs: number,
): Promise<void> {
  const path = `/v1/jobs/${job.jobId}`;
  if (action === 'poll now') return tell(parts, job, action, 'POST', `${path}/poll`);
  if (action === 'cancel') return tell(parts, job, 'cancel', 'DELETE', path);
  if (action === 'cancel at the provider')
    return tell(parts, job, 'cancel', 'DELETE', `${path}?provider=true`);
  await tell(parts, job, 'pause', 'POST', `${path}/pause`);
  // Also when the run is cut short: a job that nobody resumes would wait for ever.
  await delay(forMs, undefined, { signal: parts.signal }).catch(() => undefined);
  await tell(parts, job, 'resume', 'POST', `${path}/resume`, 40);
}

const typeOf = { ok: 'ok', refused: 'fail', unknown: 'info' } as const;

async function tell(
  { ledger, callApi }: OperateParts,
  { exportId, key }: Registered,
  op: string,
  method: 'POST' | 'DELETE',
  path: string,
  triesMax = 8,
): Promise<void> {
  ledger.note({ who: 'operator', op, type: 'invoke', key: exportId });
  const { outcome, status } = await callApi(key, { method, path, triesMax });
  ledger.note({ who: 'operator', op, type: typeOf[outcome], key: exportId, value: { status } });
}
