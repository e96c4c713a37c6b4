import type { Screen } from './command.js';
import { displayWidth } from './display-width.js';

/** Lines on a terminal that take the place of those shown before. */
export interface LiveLines {
  show(lines: readonly string[]): void;
}

/** The cursor stays below the lines, so that nothing is left to be put right whenever the program ends. */
export function createLiveLines(
  out: (text: string) => void,
  screen: () => Screen | undefined,
): LiveLines {
  let shown: readonly string[] = [];
  return {
    show(lines) {
      const rows = rowsOf(shown, screen()?.columns);
      // Up to the first line (CUU), and away with all below it (ED).
      const back = rows === 0 ? '' : `\u001b[${rows}A\r\u001b[J`;
      out(back + lines.join('\n'));
      shown = lines;
    },
  };
}

/** Where a terminal has become narrower since, it has broken the lines that were shown. */
function rowsOf(lines: readonly string[], columns = Number.POSITIVE_INFINITY): number {
  return lines.reduce(
    (rows, line) => rows + Math.max(1, Math.ceil(displayWidth(line) / columns)),
    0,
  );
}
