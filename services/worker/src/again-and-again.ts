import type { Clock } from '@bulkwatch/runtime';

/** Something that is done again and again, beside the polls. */
export interface Repeated {
  start(): void;
  /** Waits for a run under way. */
  stop(): Promise<void>;
}

export interface RepeatedOptions {
  /** Whether it can stop in the middle shows in `signal`. */
  readonly run: (signal: AbortSignal) => Promise<void>;
  readonly clock: Clock;
  readonly intervalMs: number;
  /** The first run comes at the start; otherwise an interval later. */
  readonly atOnce?: boolean;
  /** In [0, 1). */
  readonly dice: () => number;
  readonly onProblem: (error: unknown) => void;
}

/** Runs are spread by half an interval, so that a fleet does not look all at once. A failed one is followed by the next. */
export function againAndAgain({
  run,
  clock,
  intervalMs,
  atOnce = false,
  dice,
  onProblem,
}: RepeatedOptions): Repeated {
  const stopping = new AbortController();
  const { signal } = stopping;
  let running: Promise<void> | undefined;

  const goOn = async (): Promise<void> => {
    if (atOnce) await run(signal).catch(onProblem);
    while (!signal.aborted) {
      await clock.sleep(intervalMs * (0.75 + dice() / 2), signal);
      if (signal.aborted) return;
      await run(signal).catch(onProblem);
    }
  };

  return {
    start() {
      running ??= goOn();
    },
    async stop() {
      stopping.abort();
      await running;
    },
  };
}
