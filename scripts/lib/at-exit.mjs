const duties = new Set();

// Runs for a normal end, an uncaught exception and process.exit; the signals are stop-signal.mjs's.
process.once('exit', () => {
  for (const duty of [...duties].reverse()) duty();
});

/**
 * Registers a synchronous duty for when this process ends, the last registered first.
 * @param {() => void} duty
 * @returns {() => void} takes it off the list again.
 */
export function atExit(duty) {
  duties.add(duty);
  return () => duties.delete(duty);
}
