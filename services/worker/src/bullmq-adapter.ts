import { setTimeout as pause } from 'node:timers/promises';
import {
  connectionOptions,
  type RedisServer,
  type WakeUpData,
  wakeUpQueue,
  type Yielding,
  yieldingPriority,
} from '@bulkwatch/store';
import { type Job as QueueEntry, Worker, type WorkerOptions } from 'bullmq';
import { createPulse, type EnginePulse } from './liveness/engine-pulse.js';
import type { NextWakeUp } from './poll-job.js';
import { settlesWithin } from './settles-within.js';

/** The engine, as far as the rest of the house knows it: it rings wake-ups and asks what comes next. */
export interface Engine {
  start(): void;
  /** Takes no more entries, waits for those in hand, and lets go of them in time to end within `withinMs`. */
  stop(withinMs: number): Promise<void>;
  /** What it has done last: it says of itself that it runs also when it is dead. */
  readonly pulse: EnginePulse;
}

export interface EngineOptions<Data = WakeUpData> extends RedisServer {
  /** That of the polls where not given. */
  readonly queue?: { readonly name: string; readonly prefix: string };
  readonly concurrency: number;
  /** A worker that renews nothing for this long is taken for dead; its entries go to others. */
  readonly lockDurationMs: number;
  readonly onWakeUp: (wakeUp: Data) => Promise<NextWakeUp>;
  readonly onProblem: (what: string, error: unknown) => void;
}

/** What it may take to cut the connections of an engine that does not close, in ms. */
const cutMs = 250;

/** How often dead workers are looked for. Twice this after the lock has run out, an entry is free again. */
const stalledCheckMs = 5_000;

/** Wait after a wake-up ended in an error of ours, such as a Redis that cannot write. */
const afterErrorMs = 5_000;

/** Entries are never failed by the engine, whatever happens to their workers: the records decide. */
const neverStalledForGood = 1_000_000;

/** An engine that fails this often within a second is given a rest: it has no back-off of its own. */
const errorsPerSecondMax = 20;
const restMs = 2_000;

/**
 * Re-delays the entry that it has just worked on instead of finishing it, and fetches the next one in the same
 * script, which also clears the engine's lifetime counter of stalls. `handleCompleted` and `handleFailed` are
 * protected, not public: tests/bullmq-adapter.int.test.ts is the contract with the pinned version.
 */
class RedelayingWorker<Data> extends Worker<Data, NextWakeUp> {
  readonly pulse = createPulse();

  protected override async moveToActive(
    token: string,
    name?: string,
  ): Promise<QueueEntry<Data, NextWakeUp>> {
    const entry = await super.moveToActive(token, name);
    this.pulse.answered();
    return entry;
  }

  protected override async handleCompleted(
    next: NextWakeUp,
    entry: QueueEntry<Data, NextWakeUp>,
    token: string,
    mayFetch: () => boolean = () => true,
  ): Promise<QueueEntry<Data, NextWakeUp>> {
    if (next.kind === 'done') return super.handleCompleted(next, entry, token, mayFetch);
    return this.#redelay(entry, token, { ...next, mayFetch });
  }

  protected override async handleFailed(
    error: Error,
    entry: QueueEntry<Data, NextWakeUp>,
    token: string,
    mayFetch: () => boolean = () => true,
  ): Promise<QueueEntry<Data, NextWakeUp>> {
    this.emit('error', error);
    return this.#redelay(entry, token, { delayMs: afterErrorMs, mayFetch });
  }

  async #redelay(
    entry: QueueEntry<Data, NextWakeUp>,
    token: string,
    options: { delayMs: number; mayFetch: () => boolean } & Yielding,
  ): Promise<QueueEntry<Data, NextWakeUp>> {
    const fetchNext = options.mayFetch() && !this.closing && !this.paused;
    const next = await this.getBackend().moveToDelayed(
      entry.id ?? '',
      Date.now(),
      Math.max(0, Math.ceil(options.delayMs)),
      token,
      {
        skipAttempt: true,
        fetchNext,
        fieldsToUpdate: { stc: 0, priority: options.yields ? yieldingPriority : 0 },
      },
    );
    // The declared type has no undefined, though the engine returns it wherever there is no next entry.
    const none = undefined as unknown as QueueEntry<Data, NextWakeUp>;
    if (fetchNext) this.pulse.answered();
    if (!next) return none;
    const [data, id, limitMs, delayUntil] = next;
    (this as unknown as { updateDelays(limitMs?: number, delayUntil?: number): void }).updateDelays(
      limitMs,
      delayUntil,
    );
    return this.nextJobFromJobData(data ?? undefined, id, token);
  }
}

/**
 * The engine must see Redis's version (no skipVersionCheck): from 7.0.8 on it blocks for milliseconds, below
 * for whole seconds, and a lone poll would be late by one.
 */
function workerOptions<Data>(options: EngineOptions<Data>): WorkerOptions {
  return {
    prefix: (options.queue ?? wakeUpQueue).prefix,
    connection: connectionOptions('worker', options),
    concurrency: options.concurrency,
    lockDuration: options.lockDurationMs,
    stalledInterval: stalledCheckMs,
    maxStalledCount: neverStalledForGood,
    removeOnComplete: { count: 0 },
    removeOnFail: { count: 0 },
    autorun: false,
  };
}

/** The only place that knows the engine's conventions: tokens, delays, protected hooks, closing. */
export function createEngine<Data = WakeUpData>(options: EngineOptions<Data>): Engine {
  const worker: RedelayingWorker<Data> = new RedelayingWorker<Data>(
    (options.queue ?? wakeUpQueue).name,
    (entry) => worker.pulse.inHand(options.onWakeUp(entry.data)),
    workerOptions(options),
  );
  const rest = restWhenFailing(worker);
  worker.on('error', (error) => {
    options.onProblem('engine', error);
    rest();
  });

  return {
    start() {
      worker.run().catch((error) => options.onProblem('engine', error));
    },
    async stop(withinMs) {
      // Without Redis the orderly close waits for ever.
      if (await settlesWithin(worker.close(), withinMs)) return;
      options.onProblem('engine', new Error('it did not close in time and was let go'));
      await settlesWithin(worker.getBackend().close(true), cutMs);
    },
    pulse: worker.pulse,
  };
}

/** Pauses a worker whose errors come in a flood, as they do while Redis is full. */
function restWhenFailing(worker: Worker): () => void {
  let errors = 0;
  let since = performance.now();
  return () => {
    if (performance.now() - since > 1_000) {
      errors = 0;
      since = performance.now();
    }
    errors += 1;
    if (errors !== errorsPerSecondMax) return;
    void worker
      .pause(true)
      .then(() => pause(restMs))
      .then(() => worker.resume());
  };
}
