import { describe, expect, it } from 'vitest';
import { type FaultRow, faultRows } from './fault-rows.js';
import { textOf } from './house-files.js';

const numbersOf = { A: 9, B: 14, C: 4, D: 17, E: 10 } as const;

/** What of a row is not there. */
function missing({ row, file, title }: FaultRow): string[] {
  if (file === undefined || title === undefined) return [];
  const text = textOf(file).replaceAll("\\'", "'");
  return text.includes(title) ? [] : [`${row}: ${file} has no ${title}`];
}

describe('the list of faults', () => {
  it('has every row', () => {
    const all = Object.entries(numbersOf).flatMap(([letter, count]) =>
      Array.from({ length: count }, (_, index) => `${letter}${index + 1}`),
    );

    expect([...new Set(faultRows.map(({ row }) => row))].toSorted()).toEqual(all.toSorted());
  });

  it('names tests that are there', () => {
    expect(faultRows.flatMap(missing)).toEqual([]);
  });

  it('would see one that is not', () => {
    const file = 'tests/house/fault-rows.test.ts';
    const title = ['nothing', 'has this title'].join(' ');

    expect(missing({ row: 'A1', what: '', file, title })).toHaveLength(1);
  });
});
