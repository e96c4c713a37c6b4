import { setTimeout as delay } from 'node:timers/promises';
import type { Exit, RunningProcess } from '@bulkwatch/testkit';

/** A process that is started again whenever it has died, as a platform does. */
export interface Supervised {
  /** The one that runs, or the one that ran last. */
  readonly process: RunningProcess;
  /** Ends it for good, and the starting again. */
  stop(signal?: NodeJS.Signals): Promise<void>;
}

export interface SuperviseOptions {
  readonly start: () => Promise<RunningProcess>;
  readonly onStart?: (running: RunningProcess) => void;
  readonly onExit?: (exit: Exit, running: RunningProcess) => void;
}

const firstPauseMs = 200;
const longestPauseMs = 3_000;
/** Whoever has lived that long does not make the next pause longer. */
const longMs = 10_000;

/** Starts it, and again each time that it ends, after pauses that grow while it keeps ending. Rejects where the first start fails. */
export async function supervise({ start, onStart, onExit }: SuperviseOptions): Promise<Supervised> {
  let running = await start();
  onStart?.(running);
  const over = new AbortController();
  const keep = async (): Promise<void> => {
    for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(pauseMs * 2, longestPauseMs)) {
      const startedMs = performance.now();
      const exit = await running.exited;
      onExit?.(exit, running);
      if (performance.now() - startedMs > longMs) pauseMs = firstPauseMs;
      await delay(pauseMs, undefined, { signal: over.signal }).catch(() => undefined);
      if (over.signal.aborted) return;
      running = await start();
      onStart?.(running);
    }
  };
  const kept = keep();
  return {
    get process() {
      return running;
    },
    async stop(signal = 'SIGKILL') {
      over.abort();
      // It may have been started in this moment, so whoever runs at the end is ended.
      await running.stop(signal, 5_000);
      await kept;
      await running.stop(signal, 5_000);
    },
  };
}
