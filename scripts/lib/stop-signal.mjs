const exitCodes = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 };

/**
 * Turns Ctrl-C and its relatives into an AbortSignal whose `reason` is the exit code that shells expect.
 * The second signal does not wait: this process ends at once, and what it started is killed with it.
 * @returns {AbortSignal}
 */
export function stopSignal() {
  const controller = new AbortController();
  for (const [name, exitCode] of Object.entries(exitCodes)) {
    process.on(name, () => {
      if (controller.signal.aborted) process.exit(exitCode);
      console.log(`\n${name}: stopping; once more to stop at once.`);
      controller.abort(exitCode);
    });
  }
  return controller.signal;
}

/** Resolves when the signal is aborted. */
export function aborted(signal) {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
