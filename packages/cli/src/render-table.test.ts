import { describe, expect, it } from 'vitest';
import { paintForTerminal, paintNothing } from './paint.js';
import { renderTable } from './render-table.js';

describe('renderTable', () => {
  it('makes columns as wide as what is in them, and shows nothing as a dash', () => {
    expect(
      renderTable(
        ['ID', 'STATE'],
        [
          ['1', 'completed'],
          ['12345', null],
          ['', 'x'],
        ],
        {
          paint: paintNothing,
        },
      ),
    ).toEqual(['ID     STATE', '1      completed', '12345  -', '-      x']);
  });

  it('cuts lines off where the terminal ends', () => {
    const rows = [['123', 'in-progress', 'last']];
    const lines = (columns: number) =>
      renderTable(['A', 'B', 'C'], rows, { columns, paint: paintNothing });

    expect(lines(16)).toEqual(['A    B', '123  in-progress']);
    expect(lines(10)).toEqual(['A    B', '123  in-p…']);
    expect(lines(20)).toEqual(['A    B            C', '123  in-progress  l…']);
    expect(lines(3)[1]).toBe('123');
  });

  it('leaves empty columns out on a terminal', () => {
    const rows = [['1', null, 'x']];
    const lines = (columns?: number) =>
      renderTable(['A', 'B', 'C'], rows, { columns, paint: paintNothing });

    expect(lines(80)).toEqual(['A  C', '1  x']);
    expect(lines()).toEqual(['A  B  C', '1  -  x']);
  });

  it('keeps columns under each other whatever is written in them', () => {
    const rows = [
      ['進行', 'x'],
      ['e\u0301', 'x'],
      ['abcd', 'x'],
    ];
    const lines = renderTable(['A', 'B'], rows, { paint: paintNothing });

    expect(lines.slice(1)).toEqual(['進行  x', 'e\u0301     x', 'abcd  x']);
  });

  it('colours a text and not the room behind it', () => {
    expect(
      renderTable(['A', 'B'], [[{ text: 'ok', color: 'green' }, 'x']], {
        paint: paintForTerminal,
      })[1],
    ).toBe('\u001b[32mok\u001b[0m  x');
  });

  it('lets no text steer the terminal', () => {
    const [, line] = renderTable(['A'], [['a\u001b[2Jb\u202ec\n']], { paint: paintNothing });

    expect(line).toBe('a\ufffd[2Jb\ufffdc\ufffd');
  });
});
