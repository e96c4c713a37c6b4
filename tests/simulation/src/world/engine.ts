import type { EntryView, WakeUpQueue } from '@bulkwatch/store/parts';
import type { NextWakeUp } from '@bulkwatch/worker';
import type { Dice } from './dice.js';
import type { Process } from './process.js';
import type { Reached } from './reached.js';
import { type Patience, type RedisHost, workersPatience } from './redis-host.js';
import type { VirtualTime } from './virtual-time.js';

export interface WakeUpData {
  readonly jobId: string;
  readonly wake: number;
}

interface Entry {
  readonly id: string;
  readonly data: WakeUpData;
  state: 'waiting' | 'active' | 'delayed';
  /** While delayed: by the clock of whoever delayed it. */
  delayedUntil: number;
  /** While active: who holds it, by this token. */
  holder: Process | undefined;
  token: number;
}

/** A worker, as far as the engine knows it. */
export interface Consumer {
  readonly process: Process;
  readonly slots: number;
  taken: number;
  /** It takes no more entries. */
  isStopping: boolean;
  onWakeUp(data: WakeUpData): Promise<NextWakeUp>;
  /** As on SIGTERM: it hands back what it has not sent, ends what it has, and is gone. */
  stop(): void;
}

/** As bullmq-adapter.ts has them, and the settings' default. */
const lockMs = 15_000;
const stalledCheckMs = 5_000;
const afterErrorMs = 5_000;

/**
 * The engine as the design takes it to be (BullMQ's entries, delays by each worker's own clock, locks, stalled entries that
 * are run again), with all of the freedom that its users grant it: entries may be lost, and may ring twice.
 */
export class Engine {
  /** Probability that an entry gets lost on its way. */
  lossRate = 0;
  /** Probability that an entry is given to two workers. */
  doubleRate = 0;
  readonly #entries = new Map<string, Entry>();
  readonly #consumers = new Set<Consumer>();
  readonly #time: VirtualTime;
  readonly #redis: RedisHost;
  readonly #dice: Dice;
  readonly #reached: Reached;
  readonly #onFault: (error: unknown) => void;
  #token = 0;

  constructor(parts: {
    time: VirtualTime;
    redis: RedisHost;
    dice: Dice;
    reached: Reached;
    /** Told of an error of ours in a worker. */
    onFault: (error: unknown) => void;
  }) {
    this.#time = parts.time;
    this.#redis = parts.redis;
    this.#dice = parts.dice;
    this.#reached = parts.reached;
    this.#onFault = parts.onFault;
  }

  /** The queue as the store of a process sees it. */
  queueOf(process: Process, patience: Patience = workersPatience): WakeUpQueue {
    return {
      add: async ({ jobId, wake, delayMs }) => {
        await this.#redis.call(
          process,
          'engine-add',
          () => this.#add({ jobId, wake }, process.wallMs + delayMs),
          patience,
        );
      },
      look: async (wakeUps) =>
        (await this.#redis.call(
          process,
          'hgetall',
          () => wakeUps.map((wakeUp) => this.#view(wakeUp)),
          patience,
        )) as EntryView[],
      close: async () => undefined,
    };
  }

  join(consumer: Consumer): void {
    this.#consumers.add(consumer);
    consumer.process.onEnd(() => {
      this.#consumers.delete(consumer);
      this.watchLocksOf(consumer.process);
    });
    consumer.process.onPause({
      paused: () => this.watchLocksOf(consumer.process),
      goesOn: () => this.look(consumer),
    });
    this.look(consumer);
  }

  /** A worker that was away, or whose clock has changed, looks again. */
  look(consumer: Consumer): void {
    for (const entry of this.#entries.values()) {
      if (entry.state === 'delayed') this.#promoteBy(consumer, entry);
    }
    this.#fetchSoon();
  }

  consumers(): Iterable<Consumer> {
    return this.#consumers;
  }

  /** A worker stops renewing its locks for now: whoever looks after that takes its entries for stalled. */
  watchLocksOf(process: Process): void {
    for (const entry of this.#entries.values()) {
      if (entry.holder === process) this.#watchLock(entry, process);
    }
  }

  deleteKeys(): void {
    if (this.#entries.size > 0) this.#reached.note('engine keys deleted');
    this.#entries.clear();
  }

  #view({ jobId, wake }: WakeUpData): EntryView {
    const entry = this.#entries.get(`${jobId}-${wake}`);
    if (!entry) return { state: 'lost' };
    return entry.state === 'delayed'
      ? { state: 'delayed', delayedUntil: entry.delayedUntil }
      : { state: entry.state };
  }

  #add(data: WakeUpData, delayedUntil: number): void {
    const id = `${data.jobId}-${data.wake}`;
    if (this.#isLost() || this.#entries.has(id)) return;
    const entry: Entry = { id, data, state: 'delayed', delayedUntil, holder: undefined, token: 0 };
    this.#entries.set(id, entry);
    for (const consumer of this.#consumers) this.#promoteBy(consumer, entry);
  }

  #isLost(): boolean {
    if (this.lossRate === 0 || !this.#dice.chance(this.lossRate)) return false;
    this.#reached.note('wake-up lost');
    return true;
  }

  /** When this worker's clock says so, if it is there then, and nobody was before it. */
  #promoteBy(consumer: Consumer, entry: Entry): void {
    const until = entry.delayedUntil;
    this.#time.after(until - consumer.process.wallMs, () => {
      const isStillIt = entry.state === 'delayed' && entry.delayedUntil === until;
      if (!isStillIt || this.#entries.get(entry.id) !== entry) return;
      if (!this.#isThere(consumer) || consumer.process.wallMs < until) return;
      entry.state = 'waiting';
      this.#fetchSoon();
    });
  }

  #isThere({ process }: Consumer): boolean {
    return process.isRunning && this.#redis.isReachedBy(process);
  }

  #fetchSoon(): void {
    this.#time.after(1, () => this.#fetch());
  }

  /** Whoever has room takes what waits, in the order in which it came. */
  #fetch(): void {
    const waiting = [...this.#entries.values()].filter(({ state }) => state === 'waiting');
    for (const entry of waiting) {
      const free = [...this.#consumers].filter(
        (consumer) =>
          this.#isThere(consumer) && !consumer.isStopping && consumer.taken < consumer.slots,
      );
      if (free.length === 0) return;
      this.#hand(entry, this.#dice.pick(free));
      if (this.doubleRate > 0 && this.#dice.chance(this.doubleRate)) {
        this.#reached.note('wake-up doubled');
        this.#hand(entry, this.#dice.pick(free));
      }
    }
  }

  #hand(entry: Entry, consumer: Consumer): void {
    this.#token += 1;
    const token = this.#token;
    entry.state = 'active';
    entry.holder = consumer.process;
    entry.token = token;
    consumer.taken += 1;
    consumer.process.inside(() => void this.#work(entry, consumer, token));
  }

  async #work(entry: Entry, consumer: Consumer, token: number): Promise<void> {
    const next = await consumer.onWakeUp(entry.data).catch((error: unknown): NextWakeUp => {
      if (!isUnavailable(error)) this.#onFault(error);
      return { kind: 'again', delayMs: afterErrorMs };
    });
    await this.#redis
      .call(consumer.process, 'engine-move', () => this.#move(entry, consumer.process, token, next))
      .catch(() => this.#watchLock(entry, consumer.process, token));
    consumer.taken -= 1;
    this.#fetchSoon();
  }

  /** Only who still holds the entry can move it. */
  #move(entry: Entry, process: Process, token: number, next: NextWakeUp): void {
    if (entry.token !== token || this.#entries.get(entry.id) !== entry) return;
    entry.holder = undefined;
    entry.token = 0;
    if (next.kind === 'done' || this.#isLost()) {
      this.#entries.delete(entry.id);
      return;
    }
    entry.state = 'delayed';
    entry.delayedUntil = process.wallMs + Math.max(0, Math.ceil(next.delayMs));
    for (const consumer of this.#consumers) this.#promoteBy(consumer, entry);
  }

  /** `letGo` is the token of a lock that is renewed no more, whatever becomes of its holder. */
  #watchLock(entry: Entry, process: Process, letGo = 0): void {
    const { token } = entry;
    if (letGo > 0 && letGo !== token) return;
    this.#time.after(lockMs + this.#dice.between(0, 2 * stalledCheckMs), () => {
      const isHeld = letGo === 0 && process.isRunning && this.#redis.isReachedBy(process);
      if (entry.token !== token || entry.state !== 'active' || isHeld) return;
      if (this.#time.now < this.#redis.downUntil) return this.#watchLock(entry, process, letGo);
      this.#reached.note('stalled entry run again');
      entry.state = 'waiting';
      entry.token = 0;
      entry.holder = undefined;
      this.#fetchSoon();
    });
  }
}

/** By its name: the store's error is no part of what it offers. */
const isUnavailable = (error: unknown): boolean =>
  error instanceof Error && error.name === 'StoreUnavailableError';
