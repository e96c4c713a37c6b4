import { describe, expect, it } from 'vitest';
import { mapInOrder } from './map-in-order.js';

async function collect<T>(source: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = [];
  for await (const item of source) items.push(item);
  return items;
}

async function* of<T>(...items: T[]): AsyncGenerator<T> {
  yield* items;
}

/** A map whose calls end when the test says so. */
function setup() {
  const started: number[] = [];
  const finish = new Map<number, () => void>();
  const map = (item: number) => {
    started.push(item);
    return new Promise<string>((resolve) => finish.set(item, () => resolve(`result ${item}`)));
  };
  const settle = () => new Promise((resolve) => setImmediate(resolve));
  return { started, finish, map, settle };
}

describe('mapInOrder', () => {
  it('yields in the order of the input whatever ends first', async () => {
    const { finish, map, settle } = setup();
    const results = collect(mapInOrder(of(1, 2, 3), 3, map));
    await settle();

    finish.get(3)?.();
    finish.get(2)?.();
    await settle();
    finish.get(1)?.();

    expect(await results).toEqual(['result 1', 'result 2', 'result 3']);
  });

  it('never has more than the given number at work', async () => {
    const { started, finish, map, settle } = setup();
    const results = mapInOrder(of(1, 2, 3), 2, map);
    const first = results.next();
    await settle();

    expect(started).toEqual([1, 2]);
    finish.get(1)?.();
    expect(await first).toEqual({ done: false, value: 'result 1' });

    const second = results.next();
    await settle();
    expect(started).toEqual([1, 2, 3]);
    finish.get(2)?.();
    await second;
    await results.return();
  });

  it('reads no further once nobody wants the results', async () => {
    let read = 0;
    async function* endless() {
      for (;;) yield ++read;
    }
    const results = mapInOrder(endless(), 4, async (item) => item);

    await results.next();
    await results.return();

    expect(read).toBe(5);
  });

  it('passes on that the source broke', async () => {
    async function* broken() {
      yield 1;
      throw new Error('gone');
    }

    await expect(collect(mapInOrder(broken(), 4, async (item) => item))).rejects.toThrow('gone');
  });
});
