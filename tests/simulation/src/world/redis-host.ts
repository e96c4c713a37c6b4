import { KeySpace } from '../redis/key-space.js';
import type { Dice } from './dice.js';
import type { Process } from './process.js';
import type { Reached } from './reached.js';
import { epoch, type VirtualTime } from './virtual-time.js';

/** Rates of what goes wrong between a process and Redis, each in [0, 1]. */
export interface LinkFaults {
  requestLost: number;
  replyLost: number;
  /** Longest time that a command is under way, one way, ms. */
  slowestMs: number;
}

/** Who gives up waiting for Redis, and when. */
export interface Patience {
  /** Undefined where it waits for ever. */
  readonly timeoutMs?: number;
  readonly resends: number;
}

export const workersPatience: Patience = { resends: Number.POSITIVE_INFINITY };
/** As packages/store/src/connection.ts has it of the api. */
export const apisPatience: Patience = { timeoutMs: 800, resends: 1 };

/** What only reads is served also while writes are refused. */
const readers = new Set(['hgetall', 'hget', 'hmget', 'hgetallBuffer', 'find-overdue']);

/**
 * The host of Redis: its data, its clock, and the network before it. A connection that breaks is made anew, and the client
 * then sends again what was not answered, as ioredis does.
 */
export class RedisHost {
  readonly space: KeySpace;
  readonly faults: LinkFaults = { requestLost: 0, replyLost: 0, slowestMs: 1 };
  /** How far its clock is from the true time. */
  clockAheadMs = 0;
  downUntil = 0;
  refusesUntil = 0;
  /** Done once, just before the next call is carried out. */
  beforeNextCall: () => void = () => undefined;
  readonly #time: VirtualTime;
  readonly #dice: Dice;
  readonly #reached: Reached;

  constructor(time: VirtualTime, dice: Dice, reached: Reached) {
    this.#time = time;
    this.#dice = dice;
    this.#reached = reached;
    this.space = new KeySpace(() => this.clockMs);
  }

  /** Epoch ms. */
  get clockMs(): number {
    return epoch + this.#time.now + this.clockAheadMs;
  }

  /** A call of a process; `run` is done here when it arrives, once for each time that it was sent. */
  call(
    from: Process,
    name: string,
    run: () => unknown,
    patience = workersPatience,
  ): Promise<unknown> {
    return from.wait((settle) => {
      let isOver = false;
      const over = (act: () => void) => {
        if (!isOver) act();
        isOver = true;
      };
      if (patience.timeoutMs !== undefined)
        this.#time.after(patience.timeoutMs, () =>
          over(() => settle.failed(new Error('Command timed out'))),
        );
      const send = (sent: number): void => {
        if (isOver || !from.isAlive) return;
        const again = () => {
          if (sent >= 1 + patience.resends)
            return over(() => settle.failed(new Error('Connection is closed.')));
          this.#time.after(this.#dice.between(50, 1_000), () => from.inside(() => send(sent + 1)));
        };
        this.#time.after(this.#latencyMs(), () => {
          if (!this.#isReachedBy(from)) return again();
          if (this.#loses('request lost', this.faults.requestLost)) return again();
          const outcome = this.#execute(name, run);
          if (sent > 1) this.#reached.note('command sent again');
          if (this.#loses('reply lost', this.faults.replyLost)) return again();
          this.#time.after(this.#latencyMs(), () => {
            if (!this.#isReachedBy(from)) return again();
            over(() =>
              'error' in outcome ? settle.failed(outcome.error) : settle.done(outcome.value),
            );
          });
        });
      };
      send(1);
    });
  }

  isReachedBy(process: Process): boolean {
    return this.#isReachedBy(process);
  }

  #isReachedBy({ partitionedUntil }: Process): boolean {
    return this.#time.now >= this.downUntil && this.#time.now >= partitionedUntil;
  }

  #loses(what: string, rate: number): boolean {
    if (rate === 0 || !this.#dice.chance(rate)) return false;
    this.#reached.note(what);
    return true;
  }

  #latencyMs(): number {
    return this.#dice.spread(1, this.faults.slowestMs);
  }

  #execute(name: string, run: () => unknown): { value: unknown } | { error: Error } {
    if (this.#time.now < this.refusesUntil && !readers.has(name)) {
      this.#reached.note('write refused');
      return { error: new Error('OOM command not allowed') };
    }
    const { beforeNextCall } = this;
    this.beforeNextCall = () => undefined;
    beforeNextCall();
    try {
      return { value: run() };
    } catch (error) {
      return { error: error as Error };
    }
  }
}
