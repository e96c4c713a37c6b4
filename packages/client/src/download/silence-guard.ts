/** A signal that aborts with another one, or when something that is watched takes too long. */
export interface SilenceGuard {
  readonly signal: AbortSignal;
  /** Whether something took too long. */
  expired(): boolean;
  /** Gives what the work gives. Only while something is waited for does silence count: a slow disk is none. */
  watch<T>(work: () => Promise<T>): Promise<T>;
  /** Lets go of the signal. */
  stop(): void;
}

export function createSilenceGuard(silenceMs: number, signal: AbortSignal): SilenceGuard {
  const controller = new AbortController();
  let expired = false;
  const pass = (): void => controller.abort(signal.reason);
  if (signal.aborted) pass();
  else signal.addEventListener('abort', pass, { once: true });
  return {
    signal: controller.signal,
    expired: () => expired,
    async watch(work) {
      const timer = setTimeout(() => {
        expired = true;
        controller.abort();
      }, silenceMs);
      try {
        return await work();
      } finally {
        clearTimeout(timer);
      }
    },
    stop() {
      signal.removeEventListener('abort', pass);
      controller.abort();
    },
  };
}
