import { manualClock } from '@bulkwatch/testkit';
import { describe, expect, it } from 'vitest';
import { waitForChange } from './wait-for-change.js';

/** A value that can be waited for, and a bell that the test rings. */
function setup(timeoutMs: number, value = 'old') {
  const clock = manualClock(0);
  const wakes = new Set<() => void>();
  const world = { value, reads: 0, isOver: false };
  const settle = () => new Promise((resolve) => setImmediate(resolve));
  const waiting = waitForChange({
    from: 'old',
    read: async () => {
      world.reads += 1;
      return world.value;
    },
    changed: (now) => now !== 'old',
    watch(wake) {
      wakes.add(wake);
      return () => void wakes.delete(wake);
    },
    isOver: () => world.isOver,
    timeoutMs,
    clock,
  });
  const ring = (): void => {
    for (const wake of wakes) wake();
  };
  return { clock, wakes, world, waiting, ring, settle };
}

describe('waitForChange', () => {
  it('sees at once what changed before it began to watch', async () => {
    const { waiting, wakes } = setup(60_000, 'new');

    expect(await waiting).toBe('new');
    expect(wakes.size).toBe(0);
  });

  it('looks when the bell rings', async () => {
    const { world, waiting, ring, settle } = setup(60_000);
    await settle();
    world.value = 'new';

    ring();

    expect(await waiting).toBe('new');
    expect(world.reads).toBe(2);
  });

  it('waits on when the bell rang for something that is no change', async () => {
    const { world, waiting, ring, settle } = setup(60_000);
    await settle();

    ring();
    await settle();
    ring();
    await settle();
    expect(world.reads).toBe(3);

    world.value = 'new';
    ring();
    expect(await waiting).toBe('new');
  });

  it('does not miss a ring while it is reading', async () => {
    const { world, waiting, ring } = setup(60_000);
    // The first read is under way: it has seen the old value already.
    await Promise.resolve();
    world.value = 'new';
    ring();

    expect(await waiting).toBe('new');
  });

  it('looks by itself every two seconds', async () => {
    const { clock, world, waiting, settle } = setup(60_000);
    await settle();
    world.value = 'new';

    await clock.advance(1_999);
    expect(world.reads).toBe(1);
    await clock.advance(1);

    expect(await waiting).toBe('new');
  });

  it('gives back what is there when the time is over', async () => {
    const { clock, waiting, wakes, settle } = setup(3_000);
    await settle();

    await clock.advance(2_000);
    await settle();
    await clock.advance(1_000);

    expect(await waiting).toBe('old');
    expect(wakes.size).toBe(0);
  });

  it('ends without another look once nobody waits any more', async () => {
    const { world, waiting, ring, wakes, settle } = setup(60_000);
    await settle();

    world.isOver = true;
    ring();

    expect(await waiting).toBe('old');
    expect(world.reads).toBe(1);
    expect(wakes.size).toBe(0);
  });

  it('passes on what goes wrong with reading, and stops watching', async () => {
    const wakes = new Set<() => void>();
    const waiting = waitForChange({
      from: 'old',
      read: () => Promise.reject(new Error('away')),
      changed: () => false,
      watch(wake) {
        wakes.add(wake);
        return () => void wakes.delete(wake);
      },
      isOver: () => false,
      timeoutMs: 1_000,
      clock: manualClock(0),
    });

    await expect(waiting).rejects.toThrow('away');
    expect(wakes.size).toBe(0);
  });
});
