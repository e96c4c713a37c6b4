import { stripVTControlCharacters } from 'node:util';
import type { Job } from '@bulkwatch/client';
import { describe, expect, it } from 'vitest';
import { createLiveLines } from './live-lines.js';
import { paintNothing } from './paint.js';
import { progressBar } from './progress-bar.js';
import { createChangeBoard, createLiveBoard } from './watch-board.js';

const now = Date.parse('2026-01-01T00:00:00Z');
const job = {
  id: 'a',
  state: 'in-progress',
  health: 'ok',
  progress: '40%',
  progressPercent: 40,
  etaAt: '2026-01-01T00:12:00Z',
  settledAt: null,
  reason: null,
  manifestVersion: null,
} as Job;

describe('a board of changes', () => {
  it('has a line for what changed, and none for a poll without news', () => {
    const out: string[] = [];
    const board = createChangeBoard({ out: (line) => void out.push(line), now: () => now });
    board.show(job);
    board.show({ ...job, dueAt: '2026-01-01T00:01:00Z', etaAt: null });
    board.show({ ...job, health: 'unreachable', reason: 'timed-out' });

    expect(out).toEqual([
      '2026-01-01T00:00:00.000Z  a  in-progress  ok  40%  ETA in 12 min',
      '2026-01-01T00:00:00.000Z  a  in-progress  unreachable  40%  ETA in 12 min  timed-out',
    ]);
  });
});

it('a board of changes tells no progress of what is complete', () => {
  const out: string[] = [];
  const board = createChangeBoard({ out: (line) => void out.push(line), now: () => now });
  board.show({ ...job, state: 'completed', settledAt: '2026-01-01T00:00:00Z' });

  expect(out).toEqual(['2026-01-01T00:00:00.000Z  a  completed  ok']);
});

/** What a live board draws in the end on a terminal of so many rows, without its spacing. */
function drawn(
  ids: readonly string[],
  jobs: readonly Job[],
  rows: number,
  columns = 120,
): string[][] {
  const out: string[] = [];
  const board = createLiveBoard(ids, {
    out: (text) => void out.push(text),
    screen: () => ({ columns, rows }),
    paint: paintNothing,
    now: () => now,
  });
  for (const one of jobs) board.show(one);
  board.close();
  return out.map((frame) =>
    stripVTControlCharacters(frame)
      .trimStart()
      .split('\n')
      .map((line) => line.replace(/ +/g, ' ')),
  );
}

describe('a live board', () => {
  it('shows jobs in their order, what is not known yet, and how many there are', () => {
    expect(drawn(['b', 'a'], [job], 24)[0]).toEqual([
      'ID STATE PROGRESS ETA',
      'b - - - -',
      'a in-progress ████████░░░░░░░░░░░░ 40% in 12 min',
      '2 jobs: 1 in-progress',
    ]);
    expect(drawn(['a'], [job], 24)[0]).toHaveLength(2);
  });

  it('has a shorter bar on a narrower screen, and says what is wrong', () => {
    const sick = { ...job, health: 'unreachable', reason: 'timed-out' } as const;

    expect(drawn(['a'], [sick], 24, 100)[0]?.[1]).toBe(
      'a in-progress ████░░░░░░ 40% in 12 min timed-out',
    );
    expect(drawn(['a'], [{ ...job, health: 'paused' }], 24, 80)[0]?.[1]).toBe(
      'a in-progress 40% in 12 min paused',
    );
  });

  it('shows those that are open where there is no room for all, and all of them in the end', () => {
    const settled = { ...job, state: 'completed', settledAt: '2026-01-01T00:00:00Z' } as const;
    const jobs = ['a', 'b', 'c', 'd'].map((id, index) =>
      index < 2 ? { ...settled, id } : { ...job, id },
    );
    const frames = drawn(['a', 'b', 'c', 'd'], jobs, 6);
    const idsIn = (frame: readonly string[] = []) => frame.slice(1, -1).map((line) => line[0]);

    expect(idsIn(frames.at(-2))).toEqual(['c', 'd', 'a']);
    expect(frames.at(-2)).toHaveLength(5);
    expect(frames.at(-2)?.at(-1)).toBe('4 jobs: 2 in-progress, 2 completed; 1 not shown');
    expect(idsIn(frames.at(-1))).toEqual(['a', 'b', 'c', 'd']);
  });
});

it.each([
  [null, '····'],
  [0, '░░░░'],
  [49, '█░░░'],
  [100, '████'],
  [250, '████'],
  [-3, '░░░░'],
])('a bar of %s %% is %s', (percent, bar) => {
  expect(progressBar(percent, 4)).toBe(bar);
});

describe('live lines', () => {
  const screen = { columns: 10, rows: 24 };
  const shown = (...frames: string[][]): string[] => {
    const out: string[] = [];
    const lines = createLiveLines(
      (text) => void out.push(text),
      () => screen,
    );
    for (const frame of frames) lines.show(frame);
    return out;
  };

  it('take the place of those before', () => {
    expect(shown(['1', '2'], ['3'], ['4'])).toEqual([
      '1\n2',
      '\u001b[2A\r\u001b[J3',
      '\u001b[1A\r\u001b[J4',
    ]);
  });

  it('know that a terminal that became narrower has broken them', () => {
    expect(shown(['a line of 20 columns', ''], ['x'])[1]).toBe('\u001b[3A\r\u001b[Jx');
  });
});
