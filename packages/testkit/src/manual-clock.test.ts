import { describe, expect, it } from 'vitest';
import { manualClock } from './manual-clock.js';

describe('manualClock', () => {
  it('stands still until it is advanced', async () => {
    const clock = manualClock(1_000);
    expect([clock.now(), clock.monotonicMs()]).toEqual([1_000, 0]);
    await clock.advance(250);
    expect([clock.now(), clock.monotonicMs()]).toEqual([1_250, 250]);
  });

  it('wakes sleepers when and in the order they are due, those who sleep again included', async () => {
    const clock = manualClock(0);
    const woken: string[] = [];
    const every = async (name: string, ms: number) => {
      for (;;) {
        await clock.sleep(ms);
        woken.push(`${name}@${clock.now()}`);
      }
    };
    void every('a', 30);
    void every('b', 40);
    await clock.advance(90);
    expect(woken).toEqual(['a@30', 'b@40', 'a@60', 'b@80', 'a@90']);
    expect(clock.now()).toBe(90);
  });

  it('ends a sleep early when it is aborted', async () => {
    const clock = manualClock();
    const abort = new AbortController();
    const asleep = clock.sleep(1_000, abort.signal);
    abort.abort();
    await asleep;
    await clock.sleep(1_000, abort.signal);
    expect(clock.monotonicMs()).toBe(0);
  });
});
