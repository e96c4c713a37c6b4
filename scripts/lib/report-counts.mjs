/**
 * Prints the line that closes a run, over all of its parts, and judges it.
 * @param {{ passed: number, failed: number, skipped: number }[]} parts
 * @returns {number} exit code; a run in which nothing was executed has failed too.
 */
export function reportCounts(parts) {
  const total = (word) => parts.reduce((sum, part) => sum + part[word], 0);
  console.log(
    `\n${total('passed')} passed, ${total('failed')} failed, ${total('skipped')} skipped`,
  );
  return total('failed') === 0 && total('passed') > 0 ? 0 : 1;
}
