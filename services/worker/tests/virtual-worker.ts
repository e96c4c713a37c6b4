import { createPresetBook, defaultPolicy, type ProviderPreset } from '@bulkwatch/core';
import { createCredentialBook, createEgress, createProviderPolicy } from '@bulkwatch/egress';
import { Secret } from '@bulkwatch/runtime';
import { demoClient, type Simulator } from '@bulkwatch/simulator';
import type { ManualClock } from '@bulkwatch/testkit';
import { pollJob } from '../src/poll-job.js';
import { createReader } from '../src/reader.js';
import type { JobInMemory } from './job-in-memory.js';
import { silentReporter } from './silent-reporter.js';

export interface VirtualWorkerOptions {
  readonly job: JobInMemory;
  readonly clock: ManualClock;
  readonly simulator: Simulator;
  /** Whether the other origin of the simulator is trusted, too. */
  readonly allowOther?: boolean;
  /** Presets beside the built-in ones. */
  readonly own?: ReadonlyMap<string, ProviderPreset>;
}

/** A worker's main line over a real connection, in the time of a manual clock. */
export interface VirtualWorker {
  /** Polls the job, and lets the time pass until the next poll. False once there is none. */
  poll(): Promise<boolean>;
  close(): Promise<void>;
}

export function virtualWorker(options: VirtualWorkerOptions): VirtualWorker {
  const { job, clock, own = new Map() } = options;
  const egress = egressOf(options);
  const reader = createReader();
  const ports = {
    jobs: job.jobs,
    presets: createPresetBook({ own, byOrigin: new Map() }),
    fetchStatus: egress.fetchStatus,
    reader,
    clock,
    policy: defaultPolicy,
    sendBudgetMs: 2_000,
    dice: () => 0,
    reporter: silentReporter,
  };
  const never = new AbortController().signal;
  return {
    async poll() {
      const wakeUp = { jobId: 'j1', wake: 1 };
      const next = await pollJob(ports, wakeUp, { sendNothing: never, cutOff: never });
      if (next.kind === 'done') return false;
      await clock.advance(next.delayMs);
      return true;
    },
    async close() {
      await Promise.all([egress.close(), reader.close()]);
    },
  };
}

function egressOf({ simulator, clock, allowOther = false }: VirtualWorkerOptions) {
  const origins = [simulator.origin, ...(allowOther ? [simulator.otherOrigin] : [])];
  const credential = {
    name: 'simulator',
    kind: 'client-secret-basic' as const,
    tokenUrl: simulator.tokenUrl,
    clientId: demoClient.id,
    clientSecret: new Secret(demoClient.secret),
    origins: [simulator.origin],
    fingerprint: 'first',
  };
  return createEgress({
    policy: createProviderPolicy({ origins, allowHttp: true }),
    credentials: createCredentialBook([credential]),
    clock,
    requestTimeoutMs: 600,
    bodyMaxBytes: 4 * 1024 * 1024,
    connectionsPerProvider: 4,
  });
}
