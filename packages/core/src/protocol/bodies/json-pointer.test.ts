import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from './json-object.js';
import { firstTextAt, firstValueAt, jsonPointerPattern, valueAt } from './json-pointer.js';

/** After the examples of RFC 6901 section 5. */
const document: JsonObject = {
  list: ['first', { inner: true }],
  '': 0,
  'a/b': 1,
  'm~n': 2,
  '~1': 3,
  'a b': 4,
  empty: null,
};

describe('valueAt', () => {
  it.each([
    ['/list', document.list],
    ['/list/0', 'first'],
    ['/list/1/inner', true],
    ['/', 0],
    ['/a~1b', 1],
    ['/m~0n', 2],
    ['/~01', 3],
    ['/a b', 4],
    ['/empty', null],
  ])('finds what %s leads to', (pointer, value) => {
    expect(valueAt(document, pointer)).toEqual(value);
  });

  it.each([
    '/absent',
    '/list/2',
    '/list/-',
    '/list/00',
    '/list/length',
    '/list/0/length',
    '/empty/x',
    '/toString',
    '/__proto__',
    '/constructor/name',
  ])('finds nothing where %s leads', (pointer) => {
    expect(valueAt(document, pointer)).toBeUndefined();
  });

  it('finds every member of any object by its escaped name', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.integer()), (object) => {
        for (const [name, value] of Object.entries(object)) {
          const pointer = `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
          expect(pointer).toMatch(jsonPointerPattern);
          expect(valueAt(object, pointer)).toBe(value);
        }
      }),
    );
  });
});

describe('jsonPointerPattern', () => {
  it.each(['', 'status', '#/status', '/a~', '/a~2', 'a/b'])('refuses %j', (text) => {
    expect(text).not.toMatch(jsonPointerPattern);
  });
});

describe('the first of several pointers', () => {
  it('that leads to a value counts, null being none', () => {
    expect(firstValueAt(document, ['/absent', '/empty', '/list/0', '/a~1b'])).toBe('first');
    expect(firstValueAt(document, ['/absent', '/empty'])).toBeUndefined();
  });

  it.each([
    [['/list', '/list/1', '/empty', '/list/0'], 'first'],
    [['/a~1b'], '1'],
    [['/list/1/inner'], 'true'],
    [['/list', '/list/1', '/empty', '/absent'], undefined],
    [[], undefined],
  ])('that leads to a text, or to what can be one, counts: %j', (pointers, text) => {
    expect(firstTextAt(document, pointers)).toBe(text);
  });
});
