import type { FaultProxy, Redis, RunningProcess } from '@bulkwatch/testkit';
import { pick } from '../dice.js';
import type { Fault, Healing } from '../fault.js';
import {
  type CrashPoint,
  type CrashPointContext,
  crashPoints,
  freezeAfterClaim,
  reachCrashPoint,
} from './crash-points.js';
import { blockLoop, limitFiles, limitMemory } from './process-limits.js';

/** What these need of the run. A process that dies is started again by the house. */
export interface ProcessFaultContext extends CrashPointContext {
  readonly dice: () => number;
  readonly redis: Pick<Redis, 'pause' | 'resume'>;
  readonly workers: () => readonly {
    readonly process: RunningProcess;
    readonly proxy: FaultProxy;
    readonly clock: { shift(ms: number): void };
  }[];
  readonly api: () => { readonly process: RunningProcess };
  readonly subscribers: () => readonly { readonly process: RunningProcess }[];
}

type ProcessFault = Fault<ProcessFaultContext>;
type Whose = (context: ProcessFaultContext) => { readonly process: RunningProcess };

const nothingToHeal: Healing = async () => undefined;
const between = (dice: () => number, least: number, most: number): number =>
  least + dice() * (most - least);

const aWorker: Whose = ({ dice, workers }) => pick(dice, workers());
const theApi: Whose = ({ api }) => api();
const aSubscriber: Whose = ({ dice, subscribers }) => pick(dice, subscribers());

/** One that needs nothing but a process. */
const toProcess = (
  name: string,
  row: string,
  whose: Whose,
  act: (process: RunningProcess, context: ProcessFaultContext) => Promise<Healing>,
): ProcessFault => ({
  name,
  row,
  kind: 'process',
  inject: (context) => act(whose(context).process, context),
});

async function kill(process: RunningProcess): Promise<Healing> {
  await process.kill();
  return nothingToHeal;
}

async function freeze(process: RunningProcess): Promise<Healing> {
  process.pause();
  return async () => process.resume();
}

/** As a deployment does it. */
async function terminate(process: RunningProcess): Promise<Healing> {
  await process.stop('SIGTERM', 20_000);
  return nothingToHeal;
}

/** As `process.abort()`, or an assertion of the engine, does it. */
async function abort(process: RunningProcess): Promise<Healing> {
  await process.stop('SIGABRT');
  return nothingToHeal;
}

/** From about as long as a lease to many times that. */
const longFreezeMs = { least: 6_000, most: 40_000 };

const killedAt = (point: CrashPoint): ProcessFault => ({
  name: `worker-killed-${point}`,
  row: 'A1',
  kind: 'process',
  async inject(context) {
    const worker = pick(context.dice, context.workers());
    try {
      await reachCrashPoint(point, worker, context);
    } finally {
      // Also where it did not come to that: it must not be left frozen.
      await worker.process.kill();
      worker.proxy.mend();
    }
    return nothingToHeal;
  },
});

/** All that can befall a process of the house. */
export const processFaults: readonly ProcessFault[] = [
  toProcess('worker-killed', 'A1', aWorker, kill),
  ...crashPoints.map(killedAt),
  toProcess('worker-frozen', 'A2', aWorker, freeze),
  toProcess('worker-frozen-long', 'A2', aWorker, async (process, { dice, sleep }) => {
    process.pause();
    await sleep(between(dice, longFreezeMs.least, longFreezeMs.most));
    process.resume();
    return nothingToHeal;
  }),
  {
    // Whatever it asks of Redis is answered when it is long over.
    name: 'worker-frozen-after-claim',
    row: 'A3',
    kind: 'process',
    async inject(context) {
      const worker = pick(context.dice, context.workers());
      const frozen = await freezeAfterClaim(worker, context);
      return async () => frozen.resume();
    },
  },
  toProcess('worker-loop-blocked', 'A4', aWorker, ({ pid }, { dice }) =>
    blockLoop(pid, between(dice, 500, 10_000)),
  ),
  toProcess('worker-out-of-memory', 'A5', aWorker, ({ pid }) => limitMemory(pid)),
  toProcess('worker-aborted', 'A5', aWorker, abort),
  toProcess('worker-terminated', 'A6', aWorker, terminate),
  {
    name: 'worker-terminated-without-redis',
    row: 'A6',
    kind: 'process',
    async inject({ dice, workers }) {
      const { process, proxy } = pick(dice, workers());
      proxy.cut();
      try {
        return await terminate(process);
      } finally {
        proxy.mend();
      }
    },
  },
  toProcess('worker-out-of-files', 'A8', aWorker, ({ pid }) => limitFiles(pid)),
  toProcess('api-out-of-files', 'A8', theApi, ({ pid }) => limitFiles(pid)),
  toProcess('api-killed', 'A1', theApi, kill),
  toProcess('api-frozen', 'A2', theApi, freeze),
  toProcess('api-terminated', 'A6', theApi, terminate),
  toProcess('subscriber-killed', 'A1', aSubscriber, kill),
  toProcess('subscriber-frozen', 'A2', aSubscriber, freeze),
  {
    name: 'worker-clock-wrong',
    row: 'A10',
    kind: 'clock',
    async inject({ dice, workers }) {
      const { clock } = pick(dice, workers());
      clock.shift(Math.round(between(dice, -600_000, 600_000)));
      return async () => clock.shift(0);
    },
  },
];
