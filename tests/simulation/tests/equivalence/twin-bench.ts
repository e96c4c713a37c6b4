import { randomBytes } from 'node:crypto';
import {
  createJobStore,
  createProviderStore,
  createSealer,
  createTokenStore,
  type StoreContext,
  type StoreLimits,
} from '@bulkwatch/store/parts';
import { startRedis } from '@bulkwatch/testkit';
import { Twin } from './twin.js';

/** When simulated time begins; any instant will do. */
export const firstInstant = Date.UTC(2026, 0, 5, 8);

/** Small enough that random lists of commands get to every bound. */
export const limits: StoreLimits = {
  trackingDeadlineMs: 3 * 86_400_000,
  // Redis trims by whole nodes of its own, so the twins could only agree on the length by chance.
  eventsMaxLength: 1_000_000,
  timelineLength: 3,
  eventManifestMaxBytes: 4096,
  expiringThresholdsMs: [86_400_000, 3_600_000],
  requestBudgetMs: 5_000,
  retryAfterFloorMs: 100,
  gate: { concurrency: 2, perSecond: 5, burst: 2 },
  circuit: { failures: 2, probeFirstMs: 15_000, probeLongestMs: 60_000 },
  webhooks: {
    endpointsMax: 16,
    bodyMaxBytes: 20_480,
    logRetentionMs: 7 * 86_400_000,
    logLength: 20_000,
  },
};

/** The store's own code on a twin, with a queue that only remembers what it was given. */
export async function openTwinBench() {
  const server = await startRedis({ settings: { appendfsync: 'no', appendonly: 'no' } });
  const twin = new Twin(server.url, firstInstant);
  const ring = new Map([['k1', randomBytes(32)]]);
  const sealer = createSealer(() => ring);
  const wakeUps: { readonly jobId: string; readonly wake: number }[] = [];
  const problems: string[] = [];
  const meanwhile: (() => Promise<unknown>)[] = [];
  let limitsNow = limits;
  const context: StoreContext = {
    redis: twin.redis,
    clock: { now: () => twin.now, observe: () => undefined } as unknown as StoreContext['clock'],
    queue: {
      add: async (wakeUp) => void wakeUps.push(wakeUp),
      look: async (asked) => {
        for (const act of meanwhile) await act();
        return asked.map(() => ({ state: 'lost' }));
      },
      close: async () => undefined,
    },
    sealer,
    fingerprintsOf: (text) => [`f-${text}`, text],
    get limits() {
      return limitsNow;
    },
    inlineSignedUrls: false,
    healthEvents: true,
    onProblem: (what, error) => problems.push(`${what}: ${String(error)}`),
  };
  return {
    twin,
    context,
    jobs: createJobStore(context),
    providers: createProviderStore(context),
    tokens: createTokenStore(context, sealer),
    wakeUps,
    problems,
    /** What is done while the rescuer looks at the queue. */
    meanwhile,
    /** Nothing is left of what was before; other limits where they are given. */
    async begin(changes: Partial<StoreLimits> = {}) {
      limitsNow = { ...limits, ...changes };
      wakeUps.length = 0;
      problems.length = 0;
      meanwhile.length = 0;
      await twin.clear(firstInstant);
    },
    async close() {
      twin.close();
      await server.stop();
    },
  };
}

export type TwinBench = Awaited<ReturnType<typeof openTwinBench>>;
