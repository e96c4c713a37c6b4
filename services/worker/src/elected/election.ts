import type { Clock } from '@bulkwatch/runtime';
import type { Duties } from '@bulkwatch/store';

/** What one worker at a time does for the whole fleet, and which one that is. */
export interface Election {
  start(): void;
  /** Asks Redis whether this worker is elected, and has it elected where none is. Rejects with StoreUnavailableError. */
  ask(): Promise<boolean>;
  /** Whether it surely still is, by what Redis said last: false in a process that was paused for too long. */
  holds(): boolean;
  /** Lets another worker be elected at once. Waits for Redis. */
  stop(): Promise<void>;
}

export interface ElectionOptions {
  readonly duties: Duties;
  /** Names this process and no other, of the past either. */
  readonly holder: string;
  readonly clock: Clock;
  readonly dice: () => number;
  readonly onElected: () => void;
  readonly onProblem: (error: unknown) => void;
}

const duty = 'collector';
/** Who dies is followed after this at the latest, and what the others need to see it. */
const leaseMs = 9_000;
/** Less than half of it: a look may fail. */
const lookMs = 3_000;
/** Workers that wait for the same instant come one after the other. */
const spreadMs = 500;

/**
 * Elects one worker. It is a lease by Redis's clock, which its holder keeps; this process counts it from before it asked, by
 * its own monotonic clock, so that it never believes in it for longer than Redis does.
 */
export function createElection({
  duties,
  holder,
  clock,
  dice,
  onElected,
  onProblem,
}: ElectionOptions): Election {
  const stopping = new AbortController();
  const { signal } = stopping;
  let heldUntilMs = -Infinity;
  let running: Promise<void> | undefined;

  const holds = (): boolean => !signal.aborted && clock.monotonicMs() < heldUntilMs;

  /** Returns after which time it is worth to ask again. */
  const take = async (): Promise<number> => {
    const askedAtMs = clock.monotonicMs();
    const { isMine, forMs } = await duties.take(duty, holder, leaseMs);
    const heldBefore = holds();
    heldUntilMs = isMine ? askedAtMs + forMs : -Infinity;
    if (!heldBefore && holds()) onElected();
    return isMine ? lookMs : Math.min(lookMs, forMs) + dice() * spreadMs;
  };

  const goOn = async (): Promise<void> => {
    while (!signal.aborted) {
      const waitMs = await take().catch((error: unknown) => {
        onProblem(error);
        return lookMs;
      });
      await clock.sleep(waitMs, signal);
    }
  };

  return {
    start() {
      running ??= goOn();
    },
    async ask() {
      if (!signal.aborted) await take();
      return holds();
    },
    holds,
    async stop() {
      if (signal.aborted) return;
      stopping.abort();
      // Redis answers in the order in which it is asked: a look under way takes nothing back.
      await duties.leave(duty, holder);
      await running;
    },
  };
}
