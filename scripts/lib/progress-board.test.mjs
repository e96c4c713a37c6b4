import { expect, it } from 'vitest';
import { createProgressBoard } from './progress-board.mjs';

const job = (changes) => ({
  id: 'one',
  labels: { group: 'cardiology' },
  state: 'in-progress',
  progressPercent: 50,
  pollCount: 1,
  reason: null,
  ...changes,
});

function terminal(isTTY) {
  const written = [];
  const stream = {
    isTTY,
    columns: 80,
    write: (text) => written.push(text),
    moveCursor: (_, lines) => written.push(`up ${-lines}`),
    clearLine: () => {},
  };
  return { stream, written };
}

it('writes a line per change where there is no terminal', () => {
  const { stream, written } = terminal(false);
  const show = createProgressBoard({ stream, env: {} });

  show([job()]);
  show([job()]);
  show([job({ state: 'completed', pollCount: 2 })]);

  expect(written).toHaveLength(2);
  expect(written[0]).toMatch(/cardiology +█{12}░{12} +50 % +in-progress, 1 poll\n/);
  expect(written[1]).toMatch(/█{24} 100 % +completed, 2 polls\n/);
});

it('redraws its bars in place on a terminal', () => {
  const { stream, written } = terminal(true);
  const show = createProgressBoard({ stream, env: {} });

  show([job(), job({ id: 'two' })]);
  show([job(), job({ id: 'two' })]);

  expect(written.filter((text) => text === 'up 2')).toHaveLength(1);
});

it('writes lines on a terminal too when NO_COLOR asks for plain output', () => {
  const { stream, written } = terminal(true);
  const show = createProgressBoard({ stream, env: { NO_COLOR: '1' } });

  show([job()]);
  show([job()]);

  expect(written).toHaveLength(1);
});
