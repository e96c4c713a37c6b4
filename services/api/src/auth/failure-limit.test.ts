import { manualClock } from '@bulkwatch/testkit';
import { describe, expect, it } from 'vitest';
import { createFailureLimit } from './failure-limit.js';

function setup(failures: number) {
  const clock = manualClock();
  const limit = createFailureLimit(failures, clock);
  const fail = (source: string, times: number): void => {
    for (let n = 0; n < times; n += 1) limit.count(source);
  };
  return { clock, limit, fail };
}

describe('createFailureLimit', () => {
  it('allows so many at once, and then one at a time', async () => {
    const { clock, limit, fail } = setup(6);
    fail('a', 5);
    expect(limit.waitMs('a')).toBe(0);

    fail('a', 1);
    expect(limit.waitMs('a')).toBe(10_000);
    await clock.advance(10_000);
    expect(limit.waitMs('a')).toBe(0);
    fail('a', 1);
    expect(limit.waitMs('a')).toBe(10_000);
  });

  it('counts each source alone', () => {
    const { limit, fail } = setup(1);
    fail('a', 1);
    expect(limit.waitMs('b')).toBe(0);
  });

  it('has nobody wait longer for failing on', () => {
    const { limit, fail } = setup(6);
    fail('a', 1_000);
    expect(limit.waitMs('a')).toBe(10_000);
  });

  it('forgets whoever failed longest ago, so that memory stays bounded', () => {
    const { limit, fail } = setup(1);
    fail('first', 1);
    for (let n = 0; n < 10_000; n += 1) fail(`other ${n}`, 1);
    expect(limit.waitMs('first')).toBe(0);
    expect(limit.waitMs('other 9999')).toBeGreaterThan(0);
  });
});
