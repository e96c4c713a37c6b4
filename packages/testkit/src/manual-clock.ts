/** A clock that stands still until the test moves it. */
export interface ManualClock {
  /** Wall-clock time, epoch milliseconds. */
  now(): number;
  /** Milliseconds since the clock was made. */
  monotonicMs(): number;
  /** Resolves once the clock has been advanced by `ms`; early when the signal is aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** Moves time on, waking sleepers in the order in which they are due. */
  advance(ms: number): Promise<void>;
}

interface Sleeper {
  readonly wakeMs: number;
  readonly wake: () => void;
}

/** Makes a manual clock whose wall-clock time begins at `startAt`, in epoch milliseconds. */
export function manualClock(startAt = Date.UTC(2026, 0, 1)): ManualClock {
  const sleepers = new Set<Sleeper>();
  let elapsedMs = 0;

  const sleep = (ms: number, signal?: AbortSignal) =>
    new Promise<void>((resolve) => {
      if (signal?.aborted) return resolve();
      const wake = () => {
        sleepers.delete(sleeper);
        signal?.removeEventListener('abort', wake);
        resolve();
      };
      const sleeper = { wakeMs: elapsedMs + Math.max(ms, 0), wake };
      sleepers.add(sleeper);
      signal?.addEventListener('abort', wake);
    });

  const advance = async (ms: number) => {
    const untilMs = elapsedMs + ms;
    await settle();
    for (let next = earliest(sleepers, untilMs); next; next = earliest(sleepers, untilMs)) {
      elapsedMs = next.wakeMs;
      next.wake();
      await settle();
    }
    elapsedMs = untilMs;
  };

  return { now: () => startAt + elapsedMs, monotonicMs: () => elapsedMs, sleep, advance };
}

function earliest(sleepers: Iterable<Sleeper>, untilMs: number): Sleeper | undefined {
  let found: Sleeper | undefined;
  for (const sleeper of sleepers) {
    if (sleeper.wakeMs > untilMs) continue;
    if (found === undefined || sleeper.wakeMs < found.wakeMs) found = sleeper;
  }
  return found;
}

/** Lets promise chains that were just woken run, so that they can go to sleep again. */
const settle = () => new Promise<void>((resolve) => setImmediate(resolve));
