/** How a subscription ends: it is asked to, and some time later it is over. */
export interface Stop {
  /** Nothing new is begun from then on. */
  readonly asked: AbortSignal;
  /** Nothing is waited for from then on. */
  readonly over: AbortSignal;
  /** Asks for it, as the signal does that it was made of. */
  ask(reason: unknown): void;
  /** Gives what the work gives. Rejects when it is over before. */
  unlessOver<T>(work: () => Promise<T>): Promise<T>;
  /** Lets go of the signal and the timer. */
  dispose(): void;
}

/** @param withinMs how long after it was asked for it is over */
export function createStop(signal: AbortSignal, withinMs: number): Stop {
  const asked = new AbortController();
  const over = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const ask = (reason: unknown): void => {
    if (asked.signal.aborted) return;
    asked.abort(reason);
    timer = setTimeout(() => over.abort(reason), withinMs);
  };
  const pass = (): void => ask(signal.reason);
  if (signal.aborted) pass();
  else signal.addEventListener('abort', pass, { once: true });
  return {
    asked: asked.signal,
    over: over.signal,
    ask,
    unlessOver(work) {
      return new Promise((resolve, reject) => {
        const giveUp = (): void => reject(over.signal.reason as Error);
        if (over.signal.aborted) return giveUp();
        over.signal.addEventListener('abort', giveUp, { once: true });
        void work()
          .then(resolve, reject)
          .finally(() => over.signal.removeEventListener('abort', giveUp));
      });
    },
    dispose() {
      clearTimeout(timer);
      signal.removeEventListener('abort', pass);
    },
  };
}
