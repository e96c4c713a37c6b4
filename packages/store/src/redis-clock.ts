/**
 * Redis's time as seen from here, so that instants on records and events agree whatever this host's clock says.
 * Every script that answers with its `now` corrects it; between two answers the monotonic clock carries it on.
 * Only for instants that are shown: whether a poll is due is decided inside the scripts.
 */
export class RedisClock {
  #redisMs: number;
  #seenAtMs: number;

  readonly #monotonicMs: () => number;

  /** `monotonicMs` is a clock of this process that only ever goes forward. */
  constructor(redisNowMs: number, monotonicMs: () => number = () => performance.now()) {
    this.#redisMs = redisNowMs;
    this.#monotonicMs = monotonicMs;
    this.#seenAtMs = monotonicMs();
  }

  /** Takes note of an answer of Redis. */
  observe(redisNowMs: number): void {
    this.#redisMs = redisNowMs;
    this.#seenAtMs = this.#monotonicMs();
  }

  /** Epoch ms by Redis's clock. */
  now(): number {
    return Math.round(this.#redisMs + this.#monotonicMs() - this.#seenAtMs);
  }
}
