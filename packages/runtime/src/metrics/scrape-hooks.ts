import { systemClock } from '../clock.js';

/** Work that precedes each scrape, such as asking Redis for a count. */
export interface ScrapeHooks {
  add(hook: () => Promise<void>): void;
  /** Runs all hooks side by side. Resolves when they have ended or time is up; never rejects. */
  run(): Promise<void>;
}

/** Keeps hooks that must neither fail nor hold up a scrape. */
export function createScrapeHooks(options: {
  timeoutMs: number;
  onProblem?: ((error: unknown) => void) | undefined;
}): ScrapeHooks {
  const hooks: (() => Promise<void>)[] = [];
  return {
    add(hook) {
      hooks.push(singleFlight(hook, options.onProblem));
    },
    async run() {
      const enough = new AbortController();
      const deadline = systemClock.sleep(options.timeoutMs, enough.signal);
      await Promise.race([Promise.all(hooks.map((hook) => hook())), deadline]);
      enough.abort();
    },
  };
}

/** A hook that hangs, on a Redis that is away, is joined by later scrapes and not started once more by each. */
function singleFlight(
  hook: () => Promise<void>,
  onProblem: ((error: unknown) => void) | undefined,
): () => Promise<void> {
  let running: Promise<void> | undefined;
  const attempt = async (): Promise<void> => {
    try {
      await hook();
    } catch (error) {
      onProblem?.(error);
    }
  };
  const forget = (): void => {
    running = undefined;
  };
  return () => (running ??= attempt().finally(forget));
}
