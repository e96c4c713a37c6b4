import { epoch, type VirtualTime } from './virtual-time.js';

/** One life of a process: it ends with a crash, after which nothing reaches it any more and nothing leaves it. */
export class Process {
  readonly name: string;
  readonly #time: VirtualTime;
  #isAlive = true;
  #pausedUntil = 0;
  /** How far its wall clock is ahead, ms. */
  skewMs = 0;
  /** Between it and Redis. */
  partitionedUntil = 0;
  readonly #onEnd: (() => void)[] = [];
  readonly #watchers: { readonly paused: () => void; readonly goesOn: () => void }[] = [];
  /** Is asked at each await of the process: before something is sent and when something has come. */
  onAwait: (process: Process) => void = () => undefined;
  /** It is told to stop, as by SIGTERM. */
  askToStop: () => void = () => undefined;

  constructor(name: string, time: VirtualTime) {
    this.name = name;
    this.#time = time;
  }

  get isAlive(): boolean {
    return this.#isAlive;
  }

  get isPaused(): boolean {
    return this.#time.now < this.#pausedUntil;
  }

  /** Whether it does anything just now. */
  get isRunning(): boolean {
    return this.#isAlive && !this.isPaused;
  }

  /** Epoch ms by its wall clock. */
  get wallMs(): number {
    return epoch + this.#time.now + this.skewMs;
  }

  end(): void {
    if (!this.#isAlive) return;
    this.#isAlive = false;
    for (const tell of this.#onEnd) tell();
  }

  onEnd(tell: () => void): void {
    this.#onEnd.push(tell);
  }

  pause(ms: number): void {
    this.#pausedUntil = Math.max(this.#pausedUntil, this.#time.now + ms);
    for (const { paused } of this.#watchers) paused();
    this.#time.at(this.#pausedUntil, () => {
      if (this.isRunning) for (const { goesOn } of this.#watchers) goesOn();
    });
  }

  onPause(watcher: { readonly paused: () => void; readonly goesOn: () => void }): void {
    this.#watchers.push(watcher);
  }

  /** Done in this process: now, once it goes on, or never. */
  inside(act: () => void): void {
    if (!this.#isAlive) return;
    if (this.isPaused) {
      this.#time.at(this.#pausedUntil, () => this.inside(act));
      return;
    }
    this.#time.stir();
    act();
  }

  /**
   * A wait of this process for something outside. It may crash or be paused just before it sends, and just before what
   * came reaches it.
   */
  wait<T>(
    begin: (settle: Settle<T>) => void,
    { mayPauseBefore = true }: { readonly mayPauseBefore?: boolean } = {},
  ): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const come = (act: () => void) =>
        this.inside(() => {
          this.onAwait(this);
          this.inside(act);
        });
      const settle: Settle<T> = {
        done: (value) => come(() => resolve(value)),
        failed: (error) => come(() => reject(error)),
      };
      if (mayPauseBefore) this.onAwait(this);
      this.inside(() => begin(settle));
    });
  }
}

export interface Settle<T> {
  done(value: T): void;
  failed(error: Error): void;
}
