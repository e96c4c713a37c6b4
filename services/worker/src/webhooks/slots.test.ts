import { describe, expect, it } from 'vitest';
import { createSlots } from './slots.js';

describe('slots', () => {
  it('gives what is free, and one to whoever waits longest', async () => {
    const slots = createSlots(3);
    expect(await slots.take(2)).toBe(2);
    expect(await slots.take(2)).toBe(1);
    const order: string[] = [];
    const first = slots.take(2).then((count) => order.push(`first ${count}`));
    const second = slots.take(2).then((count) => order.push(`second ${count}`));
    slots.give(1);
    await first;
    slots.give(2);
    await second;
    expect(order).toEqual(['first 1', 'second 2']);
  });

  it('never gives more than there are', async () => {
    const slots = createSlots(2);
    let inUse = 0;
    let most = 0;
    const use = async (): Promise<void> => {
      const count = await slots.take(2);
      inUse += count;
      most = Math.max(most, inUse);
      await new Promise((resolve) => setImmediate(resolve));
      inUse -= count;
      slots.give(count);
    };
    await Promise.all(Array.from({ length: 50 }, use));
    expect(most).toBe(2);
    expect(inUse).toBe(0);
  });
});
