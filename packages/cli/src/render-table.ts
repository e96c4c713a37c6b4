import { cutToWidth, displayWidth } from './display-width.js';
import type { Color, Paint } from './paint.js';
import { printable } from './printable.js';

/** What is in a cell; nothing is shown as a dash. */
export type Cell = string | null | { readonly text: string; readonly color: Color };

interface TableParts {
  /**
   * Where lines are cut off on a terminal, which shows no column that is empty; without it, lines are as long as they
   * are, and columns as many.
   */
  readonly columns?: number | undefined;
  readonly paint: Paint;
}

const gap = 2;

/** Lines of a table, its columns as wide as what is in them. */
export function renderTable(
  head: readonly string[],
  rows: readonly (readonly Cell[])[],
  { columns = Number.POSITIVE_INFINITY, paint }: TableParts,
): string[] {
  const isShown = (index: number): boolean =>
    columns === Number.POSITIVE_INFINITY || rows.some((row) => !isNothing(row[index]));
  const cells = rows.map((row) => row.filter((_cell, index) => isShown(index)).map(read));
  const titles = head.filter((_title, index) => isShown(index));
  const widths = titles.map((title, index) =>
    cells.reduce(
      (width, row) => Math.max(width, displayWidth(row[index]?.text ?? '')),
      title.length,
    ),
  );
  const line = (row: readonly ReadCell[]): string => {
    let left = columns;
    const parts = row.map(({ text, color }, index) => {
      const shown = fitWords(text, left);
      const isLast = index === row.length - 1;
      const width = displayWidth(shown);
      const padding = isLast ? 0 : Math.min((widths[index] ?? 0) + gap, left) - width;
      left -= width + padding;
      return (
        (color && shown !== '' ? paint(color, shown) : shown) + ' '.repeat(Math.max(0, padding))
      );
    });
    return parts.join('').trimEnd();
  };
  return [line(titles.map((text) => ({ text, color: 'dim' }))), ...cells.map(line)];
}

interface ReadCell {
  readonly text: string;
  readonly color?: Color;
}

const isNothing = (cell: Cell | undefined): cell is null | undefined | '' =>
  cell === null || cell === undefined || cell === '';

function read(cell: Cell): ReadCell {
  if (isNothing(cell)) return { text: '-' };
  return typeof cell === 'string'
    ? { text: printable(cell) }
    : { ...cell, text: printable(cell.text) };
}

/** The beginning of a text, and a sign that there is more, in so many columns. */
export function fitWords(text: string, width: number): string {
  if (displayWidth(text) <= width) return text;
  return width < 1 ? '' : `${cutToWidth(text, width - 1)}…`;
}
