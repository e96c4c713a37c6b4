import { describe, expect, it } from 'vitest';
import { systemClock } from './clock.js';

describe('systemClock.sleep', () => {
  it('never wakes before its time', async () => {
    // Node's own timers drop fractions of a millisecond.
    const lengthsMs = Array.from({ length: 500 }, (_, index) => 1 + index / 25);

    const early = await Promise.all(
      lengthsMs.map(async (ms) => {
        const startedAtMs = systemClock.monotonicMs();
        await systemClock.sleep(ms);
        return systemClock.monotonicMs() - startedAtMs < ms;
      }),
    );

    expect(early).not.toContain(true);
  });

  it.each([2 ** 31, 2 ** 40, Infinity])('sleeps on through %d ms until aborted', async (ms) => {
    const warnings: Error[] = [];
    const warn = (warning: Error): void => void warnings.push(warning);
    process.on('warning', warn);
    const waking = new AbortController();
    let awake = false;
    const sleeping = systemClock.sleep(ms, waking.signal).then(() => {
      awake = true;
    });

    await systemClock.sleep(20);
    expect(awake).toBe(false);
    waking.abort();
    await sleeping;
    process.off('warning', warn);
    expect(warnings).toEqual([]);
  });

  it.each([0, -1, Number.NaN])('does not wait for %d ms', async (ms) => {
    await systemClock.sleep(ms);
  });

  it('does not begin when the signal is aborted already', async () => {
    await systemClock.sleep(Infinity, AbortSignal.abort(new Error('enough')));
  });

  it('leaves no listener on a signal that outlives it', async () => {
    const signal = new AbortController().signal;
    let listeners = 0;
    const counted = new Proxy(signal, {
      get(target, name) {
        if (name === 'addEventListener') listeners += 1;
        if (name === 'removeEventListener') listeners -= 1;
        const member: unknown = Reflect.get(target, name, target);
        return typeof member === 'function' ? member.bind(target) : member;
      },
    });

    await systemClock.sleep(2, counted);

    expect(listeners).toBe(0);
  });
});
