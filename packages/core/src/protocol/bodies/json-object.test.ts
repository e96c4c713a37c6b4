import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isJsonObject, readJsonObject } from './json-object.js';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const nested = (depth: number): string => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`;

describe('readJsonObject', () => {
  it('reads an object', () => {
    expect(readJsonObject(bytes('{"a":[1]}'))).toMatchObject({
      kind: 'object',
      object: { a: [1] },
    });
  });

  it('drops a byte order mark from the value and from the bytes', () => {
    const reading = readJsonObject(bytes('\ufeff{}'));

    expect(reading).toStrictEqual({
      kind: 'object',
      object: {},
      bytes: bytes('{}'),
      weight: { values: 1, heapBytes: 66 },
    });
  });

  it.each([
    ['', 'an empty body'],
    ['<html>', 'no JSON'],
    ['{"a":1', 'no JSON'],
    ['{"a":1}{}', 'no JSON'],
    ['\ufeff\ufeff{}', 'no JSON'],
    ['null', 'JSON, but no object'],
    ['[]', 'JSON, but no object'],
    ['"text"', 'JSON, but no object'],
  ])('says what %j is', (body, why) => {
    expect(readJsonObject(bytes(body))).toStrictEqual({ kind: 'unreadable', why });
  });

  it.each([
    ['a lone continuation byte', [0x7b, 0x22, 0x80, 0x22, 0x3a, 0x31, 0x7d]],
    ['a surrogate in UTF-8', [0x7b, 0x22, 0xed, 0xa0, 0x80, 0x22, 0x3a, 0x31, 0x7d]],
    ['UTF-16', [0xff, 0xfe, 0x7b, 0x00, 0x7d, 0x00]],
  ])('refuses %s instead of replacing it', (_what, body) => {
    expect(readJsonObject(Uint8Array.from(body))).toStrictEqual({
      kind: 'unreadable',
      why: 'no JSON',
    });
  });

  it('takes 64 levels and no more', () => {
    expect(readJsonObject(bytes(nested(64))).kind).toBe('object');
    expect(readJsonObject(bytes(nested(65)))).toStrictEqual({
      kind: 'unreadable',
      why: 'JSON nested too deeply',
    });
  });

  it('does not count brackets inside strings, nor take an escaped quote for the end of one', () => {
    const text = `{"a":"${'['.repeat(200)}\\"${'{'.repeat(200)}\\\\"}`;

    expect(readJsonObject(bytes(text)).kind).toBe('object');
  });

  it('refuses a million levels without parsing them', () => {
    expect(readJsonObject(bytes('['.repeat(1_000_000)))).toMatchObject({
      why: 'JSON nested too deeply',
    });
  });

  it('lets no member of the body reach a prototype', () => {
    const reading = readJsonObject(bytes('{"__proto__":{"polluted":true}}'));

    expect(reading).toMatchObject({ kind: 'object' });
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  it('is total, and agrees with JSON.parse on what is valid', () => {
    const anyBody = fc.oneof(
      fc.uint8Array({ maxLength: 64 }),
      fc.string().map(bytes),
      fc.json({ maxDepth: 8 }).map(bytes),
    );
    fc.assert(
      fc.property(anyBody, (body) => {
        const reading = readJsonObject(body);
        if (reading.kind === 'unreadable') return;
        expect(reading.object).toStrictEqual(JSON.parse(new TextDecoder().decode(body)));
      }),
    );
  });
});

describe('isJsonObject', () => {
  it('takes neither arrays nor null nor scalars for objects', () => {
    expect([{}, [], null, 'text', 1, undefined].map(isJsonObject)).toEqual([
      true,
      false,
      false,
      false,
      false,
      false,
    ]);
  });

  it.each([
    [0xef, 0xbb],
    [0xef, 0x00, 0xbf],
    [0x00, 0xbb, 0xbf],
  ])('takes nothing but a whole byte order mark for one', (...start) => {
    const body = new Uint8Array([...start, ...new TextEncoder().encode('{}')]);

    expect(readJsonObject(body).kind).toBe('unreadable');
  });

  it('counts how deep values lie, not how many there are', () => {
    const siblings = { a: Array.from({ length: 100 }, () => ({ b: [{}] })) };

    expect(readJsonObject(new TextEncoder().encode(JSON.stringify(siblings))).kind).toBe('object');
  });
});
