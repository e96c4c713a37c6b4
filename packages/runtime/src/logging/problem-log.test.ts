import { describe, expect, it } from 'vitest';
import { createProblemLog } from './problem-log.js';

function setup() {
  let now = 0;
  const lines: [object, string][] = [];
  const logger = { warn: (fields: object, message: string) => void lines.push([fields, message]) };
  const log = createProblemLog(logger as never, { monotonicMs: () => now }, 5_000);
  const pass = (ms: number) => {
    now += ms;
  };
  return { log, lines, pass };
}

const refused = Object.assign(new Error('connect'), { code: 'ECONNREFUSED' });

describe('problem log', () => {
  it('logs the first at once, then one for each interval, with how many were left out', () => {
    const { log, lines, pass } = setup();
    for (let n = 0; n < 100; n += 1) log('redis connection', refused);
    expect(lines).toEqual([[{ err: refused }, 'redis connection']]);
    pass(5_000);
    log('redis connection', refused);
    expect(lines[1]).toEqual([{ err: refused, leftOut: 99 }, 'redis connection']);
  });

  it('tells kinds of trouble apart', () => {
    const { log, lines } = setup();
    log('redis connection', refused);
    log('redis connection', Object.assign(new Error('reset'), { code: 'ECONNRESET' }));
    log('engine', refused);
    log('engine', 'text');
    expect(lines).toHaveLength(4);
  });

  it('remembers a bounded number of kinds', () => {
    const { log, lines } = setup();
    for (let n = 0; n < 101; n += 1) log(`trouble ${n}`, refused);
    log('trouble 0', refused);
    expect(lines).toHaveLength(102);
  });
});
