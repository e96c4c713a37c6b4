import { setTimeout as delay } from 'node:timers/promises';

export interface EventuallyOptions {
  /** How long the assertion may take to come true; 5 s by default. */
  readonly timeoutMs?: number;
  /** Pause between two tries; 20 ms by default. */
  readonly everyMs?: number;
}

/**
 * Tries an assertion until it no longer throws and returns its value. When the time is up the last error
 * is thrown as it is, so that a test fails with the assertion's own message.
 */
export async function eventually<T>(
  assertion: () => T | Promise<T>,
  { timeoutMs = 5_000, everyMs = 20 }: EventuallyOptions = {},
): Promise<T> {
  const startedMs = performance.now();
  for (;;) {
    try {
      return await assertion();
    } catch (error) {
      if (performance.now() - startedMs + everyMs > timeoutMs) throw error;
      await delay(everyMs);
    }
  }
}
