/** What an engine has done last. Instants are ms of the monotonic clock (`performance.now()`). */
export interface EnginePulse {
  /** When Redis last answered whether there is an entry, with one or without; -Infinity before the first time. */
  readonly answeredAtMs: number;
  /** When an entry was last taken in hand; -Infinity before the first time. */
  readonly fetchedAtMs: number;
  /** Entries in hand since no longer than `maxMs`: what is held for longer is held for good. */
  inHandCount(maxMs: number): number;
}

/** The engine's side of its pulse: two writes in memory for each entry, and no command. */
export interface PulseWriter extends EnginePulse {
  answered(): void;
  /** Passes on the outcome of the work on an entry, which is in hand until then. */
  inHand<T>(work: Promise<T>): Promise<T>;
}

export function createPulse(): PulseWriter {
  const sinceMs = new Set<{ readonly ms: number }>();
  let answeredAtMs = Number.NEGATIVE_INFINITY;
  let fetchedAtMs = Number.NEGATIVE_INFINITY;
  return {
    get answeredAtMs() {
      return answeredAtMs;
    },
    get fetchedAtMs() {
      return fetchedAtMs;
    },
    inHandCount(maxMs) {
      const oldestMs = performance.now() - maxMs;
      let count = 0;
      for (const { ms } of sinceMs) if (ms >= oldestMs) count += 1;
      return count;
    },
    answered() {
      answeredAtMs = performance.now();
    },
    inHand(work) {
      fetchedAtMs = performance.now();
      const held = { ms: fetchedAtMs };
      sinceMs.add(held);
      return work.finally(() => sinceMs.delete(held));
    },
  };
}
