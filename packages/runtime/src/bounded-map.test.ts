import { describe, expect, it } from 'vitest';
import { BoundedMap } from './bounded-map.js';

describe('BoundedMap', () => {
  it('forgets what was set longest ago', () => {
    const map = new BoundedMap<string, number>(2);
    map.set('a', 1);
    map.set('b', 2);
    map.set('a', 3);
    map.set('c', 4);

    expect(['a', 'b', 'c'].map((key) => map.get(key))).toEqual([3, undefined, 4]);
    expect(map.size).toBe(2);
  });

  it('makes no room for what it holds already', () => {
    const map = new BoundedMap<string, number>(2);
    map.set('a', 1);
    map.set('b', 2);
    map.set('b', 3);

    expect(map.get('a')).toBe(1);
    map.delete('a');
    expect(map.size).toBe(1);
  });
});
