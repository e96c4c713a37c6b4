import { setTimeout as pause } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { createPulse } from './engine-pulse.js';

it('knows what was done last, and what is in hand for how long', async () => {
  const pulse = createPulse();
  expect([pulse.answeredAtMs, pulse.fetchedAtMs]).toEqual([-Infinity, -Infinity]);

  const fromMs = performance.now();
  const neverEnds = pulse.inHand(new Promise(() => undefined));
  await pause(30);
  let end: (() => void) | undefined;
  const ends = pulse.inHand(new Promise<string>((resolve) => (end = () => resolve('done'))));
  pulse.answered();

  expect(pulse.fetchedAtMs).toBeGreaterThan(fromMs + 25);
  expect(pulse.answeredAtMs).toBeGreaterThanOrEqual(pulse.fetchedAtMs);
  expect([pulse.inHandCount(1_000), pulse.inHandCount(20)]).toEqual([2, 1]);
  end?.();
  expect(await ends).toBe('done');
  expect(pulse.inHandCount(1_000)).toBe(1);
  void neverEnds;
});

it('passes on how the work ends, and lets go of it', async () => {
  const pulse = createPulse();
  await expect(pulse.inHand(Promise.reject(new Error('away')))).rejects.toThrow('away');
  expect(pulse.inHandCount(1_000)).toBe(0);
});
