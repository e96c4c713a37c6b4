import { type Answer, finished, odd, outcome, running } from './answers.js';
import type { Dice } from './dice.js';
import type { SimulatedExport } from './exports.js';
import type { Reached } from './reached.js';
import type { Swarm } from './swarm.js';
import type { VirtualTime } from './virtual-time.js';

/** A request as it reached a provider. */
export interface SimulatedRequest {
  readonly method: string;
  readonly url: string;
  readonly token: string | undefined;
}

/** What a provider makes of a request: an answer after a while, none at all, or a connection that breaks. */
export type Service =
  | { readonly kind: 'answer'; readonly afterMs: number; readonly answer: Answer }
  | { readonly kind: 'reset'; readonly afterMs: number }
  | { readonly kind: 'silence' };

type Mood = 'errors' | 'throttles' | 'silent' | 'resets';

/** All providers of a world. They know their exports and nothing of who asks. */
export class Providers {
  readonly #time: VirtualTime;
  readonly #dice: Dice;
  readonly #swarm: Swarm;
  readonly #reached: Reached;
  readonly #moods = new Map<string, { readonly mood: Mood; readonly until: number }>();
  /** Oddities end with the faulty phase. */
  isCalm = false;

  constructor(parts: { time: VirtualTime; dice: Dice; swarm: Swarm; reached: Reached }) {
    this.#time = parts.time;
    this.#dice = parts.dice;
    this.#swarm = parts.swarm;
    this.#reached = parts.reached;
  }

  /** A provider is out for a while, in one of the ways that there are. */
  breakDown(origin: string, until: number): void {
    const mood = this.#dice.pick<Mood>(['errors', 'errors', 'throttles', 'silent', 'resets']);
    this.#moods.set(origin, { mood, until });
    this.#reached.note(`provider ${mood}`);
  }

  calm(): void {
    this.isCalm = true;
    this.#moods.clear();
  }

  serve(one: SimulatedExport, request: SimulatedRequest): Service {
    const afterMs = this.#serviceMs();
    const mood = this.#moods.get(one.origin);
    if (mood && this.#time.now < mood.until) return this.#serveIn(mood.mood, afterMs);
    if (this.#has('provider-hangs', 0.05)) return { kind: 'silence' };
    if (this.#has('provider-resets', 0.1)) return { kind: 'reset', afterMs };
    return { kind: 'answer', afterMs, answer: this.#answer(one, request) };
  }

  #serviceMs(): number {
    return this.#swarm.isOn('provider-slow') && !this.isCalm
      ? this.#dice.spread(50, 20_000)
      : this.#dice.spread(20, 500);
  }

  #serveIn(mood: Mood, afterMs: number): Service {
    switch (mood) {
      case 'errors':
        return { kind: 'answer', afterMs, answer: outcome(502, 'transient', 'Bad gateway.') };
      case 'throttles':
        return {
          kind: 'answer',
          afterMs,
          answer: outcome(429, 'throttled', 'Slow down.', this.#dice.between(1, 300)),
        };
      case 'silent':
        return { kind: 'silence' };
      case 'resets':
        return { kind: 'reset', afterMs };
    }
  }

  #answer(one: SimulatedExport, { method, url, token }: SimulatedRequest): Answer {
    const isHome = new URL(url).origin === one.origin;
    if (isHome && one.token !== undefined && !this.#accepts(one, token)) {
      this.#reached.note('token refused');
      return outcome(401, 'expired', 'The access token has expired.');
    }
    if (method === 'DELETE') return outcome(202, 'informational', 'It will be deleted.');
    if (this.#has('provider-odd', 0.3)) return odd(this.#dice, one);
    if (this.#time.now < one.finishesAt) return running(this.#dice, one, this.#time.now);
    return finished(one, Number(/\/page\/(\d+)/.exec(url)?.[1] ?? 1));
  }

  #accepts(one: SimulatedExport, token: string | undefined): boolean {
    return token === one.token && this.#time.now < one.tokenUntil;
  }

  #has(fault: 'provider-hangs' | 'provider-resets' | 'provider-odd', most: number): boolean {
    return !this.isCalm && this.#dice.chance(this.#swarm.rate(fault, most));
  }
}
