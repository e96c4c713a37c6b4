import type { Screen } from './command.js';

/** Lines on a terminal that take the place of those shown before. */
export interface LiveLines {
  show(lines: readonly string[]): void;
}

/** The cursor stays below the lines, so that nothing is left to be put right whenever the program ends. */
export function createLiveLines(
  out: (text: string) => void,
  screen: () => Screen | undefined,
): LiveLines {
  let shownCount = 0;
  return {
    show(lines) {
      const fitting = fit(lines, screen()?.rows ?? lines.length + 1);
      // Up to the first line (CUU), and away with all below it (ED).
      const back = shownCount === 0 ? '' : `\u001b[${shownCount}A\r\u001b[J`;
      out(back + fitting.join('\n'));
      shownCount = fitting.length;
    },
  };
}

/** What is above the top of the screen could not be taken back; the last row is the cursor's. */
function fit(lines: readonly string[], rows: number): readonly string[] {
  const most = Math.max(2, rows - 1);
  if (lines.length <= most) return lines;
  return [...lines.slice(0, most - 1), `and ${lines.length - most + 1} more`];
}
