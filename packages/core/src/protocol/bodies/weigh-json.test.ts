import { describe, expect, it } from 'vitest';
import { type JsonWeight, weighJson } from './weigh-json.js';

const room = { values: 1_000_000, heapBytes: 1e9 };
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const weightOf = (text: string): JsonWeight => weighJson(bytes(text), room) as JsonWeight;
const heapOf = (text: string): number => weightOf(text).heapBytes;
const times = (count: number, element: (index: number) => string): string =>
  `[${Array.from({ length: count }, (_, index) => element(index)).join(',')}]`;
/** Letters: names that begin with a digit are another matter. */
const name = (index: number): string =>
  index.toString(26).replace(/\d/g, (digit) => 'qrstuvwxyz'[Number(digit)] ?? '');

describe('weighJson', () => {
  it('counts values', () => {
    expect(weightOf('{"a":[1,2,{}],"b":"[,]"}').values).toBe(6);
  });

  it('takes what all objects share to be light, and what each has for itself to be heavy', () => {
    const shared = heapOf(times(10_000, (index) => `{"name":"${name(index)}"}`));
    const own = heapOf(times(10_000, (index) => `{"${name(index)}":"name"}`));

    expect(own).toBeGreaterThan(shared + 100 * (10_000 - 16));
  });

  it('takes an object that parts from the others late to have a list of all its names', () => {
    const objects = (names: number): string => {
      const shared = Array.from({ length: names }, (_, index) => `"m${name(index)}":0`).join(',');
      return times(1_000, (index) => `{${shared},"${name(index)}":0}`);
    };
    const perShared = (heapOf(objects(60)) - heapOf(objects(30))) / 30 / (1_000 - 16);

    // In V8 8 bytes of the object and 24 of the list, besides the text.
    expect(perShared).toBeGreaterThan(8 + 24 + '"ma":0,'.length);
  });

  it('takes a text that is wide anywhere to be two bytes wide, though it cannot be JSON', () => {
    expect(heapOf('[1,2]€') - heapOf('[1,2]   ')).toBe('[1,2]   '.length);
  });

  it.each([
    ['a number', '{"12":0}', '{"ab":0}'],
    ['a number in disguise', '{"\\u0031":0}', '{"abcdef":0}'],
    ['nothing', '{"":0}', '{"a":0}'],
  ])('takes a name that is %s to be no part of a shape', (_what, own, shared) => {
    expect(heapOf(own)).toBeGreaterThan(heapOf(shared) + 100);
  });

  it('knows names by their bytes and their order, whatever is between', () => {
    const twice = (one: string, other: string): number => heapOf(`[${one},${other}]`);
    const same = twice('{"a":{"x":1},"b":1}', '{"a":{"x":1},"b":1}');

    expect(twice('{"a":{"x":1},"b":1}', '{ "a" : {"x" :1} , "b" :1}')).toBe(same + 7);
    expect(twice('{"a":{"x":1},"b":1}', '{"b":{"x":1},"a":1}')).toBe(same);
  });

  it('stops sharing after so many members', () => {
    const members = (count: number): string =>
      `{${Array.from({ length: count }, (_, index) => `"m${name(index).padStart(4, 'a')}":0`).join(',')}}`;

    expect(heapOf(members(65)) - heapOf(members(64))).toBeGreaterThan(100);
    expect(heapOf(members(64)) - heapOf(members(63))).toBeLessThan(50);
  });

  it.each([
    ['a wide character', '"€aaaaaaaaaa"', '"aaaaaaaaaaaaa"', 26],
    ['an escape', '"\\u20acaaaa"', '"aaaaaaaaaa"', 10],
  ])('takes a string with %s to be two bytes wide', (_what, wide, narrow, more) => {
    expect(heapOf(wide) - heapOf(narrow)).toBeGreaterThanOrEqual(more);
  });

  it('counts numbers that are objects', () => {
    for (const number of ['0.5', '-0', '1e9', '4000000000'])
      expect(heapOf(`[${number}]`) - heapOf('[]')).toBeGreaterThanOrEqual(16);
  });

  it.each([
    [{ values: 2, heapBytes: 1e9 }, '[1,2,3]', 'JSON of too many values'],
    [{ values: 10, heapBytes: 50 }, '[1,2,3]', 'JSON that is too costly to read'],
    [room, '['.repeat(65), 'JSON nested too deeply'],
  ])('says what is too much for %j', (within, text, why) => {
    expect(weighJson(bytes(text), within)).toBe(why);
  });

  it('ends on anything', () => {
    for (const text of [']]]]"a":1', '"', '"\\', ':::', '{"a"', ',']) {
      expect(weightOf(text).heapBytes).toBeGreaterThan(0);
    }
  });
});
