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

describe('a live board', () => {
  it('shows jobs in their order, and what is not known yet', () => {
    const out: string[] = [];
    const board = createLiveBoard(['b', 'a'], {
      out: (text) => void out.push(text),
      screen: () => ({ columns: 80, rows: 24 }),
      paint: paintNothing,
      now: () => now,
    });
    board.show(job);
    board.close();

    expect(out[0]?.split('\n').map((line) => line.replace(/ +/g, ' '))).toEqual([
      'ID STATE PROGRESS ETA HEALTH REASON',
      'b - - - - - -',
      'a in-progress ████████░░░░░░░░░░░░ 40% in 12 min ok -',
    ]);
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

it('live lines take the place of those before, and never more than fit', () => {
  const out: string[] = [];
  const lines = createLiveLines(
    (text) => void out.push(text),
    () => ({ columns: 80, rows: 4 }),
  );
  lines.show(['1', '2']);
  lines.show(['1', '2', '3', '4', '5']);
  lines.show(['1']);

  expect(out).toEqual(['1\n2', '\u001b[2A\r\u001b[J1\n2\nand 3 more', '\u001b[3A\r\u001b[J1']);
});
