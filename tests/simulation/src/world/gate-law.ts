import type { GateLimits } from './settings.js';

/**
 * What may begin at a provider, without turns and without circuit: places and pace (GCRA). It knows only whether a
 * request is allowed at all.
 */
export class GateLaw {
  readonly #limits: GateLimits;
  readonly #inFlight = new Map<string, number>();
  #tat = 0;
  /** The Retry-After that is usual at the provider, as it was learnt last. */
  learntMs = 0;

  constructor(limits: GateLimits) {
    this.#limits = limits;
  }

  /** Why no request may begin now; undefined where one may. */
  refusal(now: number): string | undefined {
    const { concurrency, perSecond, burst } = this.#limits;
    const spacingMs = 1_000 / perSecond;
    for (const [request, until] of this.#inFlight) {
      if (until <= now) this.#inFlight.delete(request);
    }
    if (this.#inFlight.size >= concurrency)
      return `${this.#inFlight.size} of ${concurrency} are in flight`;
    // A ms is left for rounding.
    const earliest = this.#tat - (burst - 1) * spacingMs - 1;
    return now < earliest ? `the pace allows it in ${earliest - now} ms` : undefined;
  }

  /** Somebody looks at the clock: one that was set back must not make the next request wait for it. */
  look(now: number): void {
    const spacingMs = 1_000 / this.#limits.perSecond;
    const toleranceMs = (this.#limits.burst - 1) * spacingMs;
    if (this.#tat > now + toleranceMs + spacingMs) this.#tat = now + toleranceMs;
  }

  begin(request: string, now: number, budgetMs: number): void {
    this.#inFlight.set(request, now + budgetMs);
    this.#tat = Math.max(this.#tat, now) + 1_000 / this.#limits.perSecond;
  }

  end(request: string): void {
    this.#inFlight.delete(request);
  }
}
