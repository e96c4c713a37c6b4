import { setMaxListeners } from 'node:events';
import { createPresetBook, joinPages, protocolOf } from '@bulkwatch/core';
import type { Clock } from '@bulkwatch/runtime';
import type { JobStore } from '@bulkwatch/store';
import { createJobStore, RedisClock } from '@bulkwatch/store/parts';
import { type PollJobPorts, pollJob, type Reporter } from '@bulkwatch/worker';
import { fetchStatusOf } from './ask.js';
import type { Consumer } from './engine.js';
import type { WorldParts } from './parts.js';
import { Process } from './process.js';
import { type Patience, workersPatience } from './redis-host.js';
import {
  graceForPollsMs,
  graceMs,
  rescueGraceMs,
  rescueIntervalMs,
  sendBudgetMs,
} from './settings.js';

const presets = createPresetBook({ own: new Map(), byOrigin: new Map() });

/** How often a rescuer looks that has nothing to do: something may become due sooner than it was. */
const lookAtLeastMs = 60_000;

/** The store's own code for a process, on the simulated Redis. */
export function storeOf(
  parts: WorldParts,
  process: Process,
  patience: Patience = workersPatience,
): JobStore {
  const { time, redis, engine } = parts;
  return createJobStore({
    redis: parts.connect(process, patience),
    clock: new RedisClock(redis.clockMs, () => time.now),
    queue: engine.queueOf(process, patience),
    sealer: parts.sealer,
    fingerprintsOf: (text) => [text],
    limits: parts.limits,
    inlineSignedUrls: true,
    healthEvents: true,
    onProblem: (what, error) => {
      // A wake-up that could not be queued is what rescues are for.
      if (what.startsWith('rescue')) parts.law.broken(`${process.name}: ${what}: ${String(error)}`);
    },
  });
}

/** A worker of the fleet: one life of it. Its polls and rescues are the product's own code. */
export function startWorker(parts: WorldParts, name: string): Consumer {
  const { time, dice, engine, law } = parts;
  const process = new Process(name, time);
  process.onAwait = parts.onAwait;
  const jobs = storeOf(parts, process);
  const sendNothing = new AbortController();
  const cutOff = new AbortController();
  // As many polls as there are slots listen to it, of which some have never come to an end.
  setMaxListeners(0, sendNothing.signal, cutOff.signal);
  const signals = { sendNothing: sendNothing.signal, cutOff: cutOff.signal };
  const reporter = reporterOf(parts, () => sendNothing.signal.aborted);

  const consumer: Consumer = {
    process,
    slots: 8,
    taken: 0,
    isStopping: false,
    onWakeUp: (wakeUp) => pollJob(portsOf(), wakeUp, signals),
    stop() {
      if (this.isStopping || !process.isRunning) return;
      this.isStopping = true;
      sendNothing.abort();
      parts.reached.note('worker drained');
      time.after(graceForPollsMs, () => process.inside(() => cutOff.abort()));
      time.after(graceMs, () => process.end());
    },
  };

  const clock: Clock = {
    now: () => process.wallMs,
    monotonicMs: () => time.now,
    sleep: (ms) => process.wait((settle) => time.after(ms, () => settle.done(undefined))),
  };
  process.askToStop = () => consumer.stop();

  /** Of one poll, so that it is known under which claim a request is sent. */
  function portsOf(): PollJobPorts {
    const claimedFrom = time.now;
    let sending = { jobId: '', epoch: 0, claimedFrom };
    return {
      jobs: {
        ...jobs,
        async claimPoll(wakeUp, chance) {
          const result = await jobs.claimPoll(wakeUp, chance);
          if (result.kind === 'claimed')
            sending = { jobId: result.claim.jobId, epoch: result.claim.epoch, claimedFrom };
          return result;
        },
      },
      presets,
      fetchStatus: fetchStatusOf(parts, process, () => sending),
      reader,
      sendBudgetMs,
      clock,
      policy: parts.policy,
      reporter,
      dice: dice.roll,
    };
  }

  const rescue = (): void => {
    if (!process.isAlive || consumer.isStopping) return;
    const intervalMs = rescueIntervalMs * (0.75 + dice.roll() / 2);
    // A run that finds nothing reads and changes nothing: most are left out.
    const idleMs = Math.min(parts.nextDueInMs() + rescueGraceMs, lookAtLeastMs);
    if (process.isPaused || idleMs > 0) {
      time.after(Math.max(intervalMs, idleMs), rescue);
      return;
    }
    process.inside(() => {
      void jobs
        .rescueOverdue(rescueGraceMs)
        .catch((error: unknown) => {
          if (!(error instanceof Error && error.name === 'StoreUnavailableError'))
            law.broken(`the rescuer failed: ${String(error)}`);
        })
        .then(() => time.after(intervalMs, rescue));
    });
  };
  time.after(rescueIntervalMs * dice.roll(), rescue);
  engine.join(consumer);
  return consumer;
}

/** The pure functions that the worker's reader runs, without its thread. */
const reader: PollJobPorts['reader'] = {
  readStatus: async (response, context) => protocolOf(context.preset).readStatus(response, context),
  joinPages: async (decision, pages) => joinPages(decision, pages),
  busyForMs: () => 0,
  close: async () => undefined,
};

function reporterOf({ reached }: WorldParts, isStopping: () => boolean): Reporter {
  const nothing = () => undefined;
  return {
    claimed(result) {
      if (result.kind === 'claimed') reached.note('claim granted');
      if (result.kind === 'early')
        reached.note(result.heldBy ? `held by ${result.heldBy}` : 'claim early');
    },
    abandonedClaim: () => reached.note(isStopping() ? 'claim handed back' : 'send guard fired'),
    polled({ decision, applied }) {
      reached.note(`decided ${decision.next}`);
      if (applied.kind === 'settled') reached.note(`job ${applied.state}`);
    },
    endedUnasked: (_claim, applied) => {
      if (applied.kind === 'settled') reached.note(`job ${applied.state}`);
    },
    rescued: nothing,
    toldExpiry: nothing,
    removed: nothing,
    tokenRequested: nothing,
    refused: nothing,
    tenantsReloaded: nothing,
    credentialsReloaded: nothing,
    problem: nothing,
  };
}
