import { genericPreset } from '@bulkwatch/core';
import { afterEach, expect, it } from 'vitest';
import { createReader } from '../src/reader.js';

/**
 * V8 cannot be stopped within one JSON.parse: a text that outgrows the heap of the thread ends the process, this one here. So
 * the weights of weigh-json.ts are held against the engine: of every costly kind of text, one after the other is read,
 * each larger than the one before, until one is refused. What is refused comes before what kills.
 */
const heapMaxMb = 48;
const growth = 1.25;

const list = (count: number, element: (index: number) => string): string =>
  Array.from({ length: Math.ceil(count) }, (_, index) => element(index)).join(',');
/** As short as they can be, and no two alike. */
const name = (index: number): string => `k${index.toString(36)}`;
const table = (count: number, from: number): string =>
  `{${list(count, (index) => `"${name(from + index)}":0.5`)}}`;

const shared = list(62, (index) => `"m${index.toString(36)}":1`);

/** What costs V8 the most for each of its bytes, values or members. */
const kinds: Readonly<Record<string, (count: number) => string>> = {
  'objects of one name each': (count) => list(count, (index) => `{"${name(index)}":1}`),
  'objects with one name of their own': (count) =>
    list(count, (index) => `{"a":1,"b":2,"${name(index)}":0.5,"c":3}`),
  'objects that part late': (count) =>
    list(count / 32, (index) => `{${shared},"${name(index)}":1}`),
  'one large table': (count) => table(count, 0),
  'tables of 22': (count) => list(count / 22, (index) => table(22, index * 22)),
  'objects in a table': (count) =>
    `{${list(count, (index) => `"${name(index)}":{"${3e9 - index}":0.5}`)}}`,
  'objects of one number each': (count) => list(count, (index) => `{"${3e9 - index}":0.5}`),
  'numbers as names, escaped': (count) => list(count, (index) => `{"\\u0032${index}":0.5}`),
  'arrays of one': (count) => list(count, () => '[0.5]'),
  'empty objects': (count) => list(count, () => '{}'),
  'numbers of no small kind': (count) => `"",${list(count * 4, () => '-0')}`,
  'wide strings': (count) => list(count, (index) => `"€${index}"`),
  'one string': (count) => `"${'a'.repeat(count * 40)}"`,
  'one wide string': (count) => `"€${'a'.repeat(count * 20)}"`,
  'one escaped string': (count) => `"\\u20ac${'a'.repeat(count * 20)}"`,
  'members that differ in kind': (count) =>
    list(count, (index) => `{"a":${index % 2 ? '1' : '0.5'},"b":${index % 3 ? '"x"' : '{}'}}`),
};

const url = 'https://ehr.example/jobs/1';
const context = { preset: genericPreset, memory: {}, url, statusUrl: url };

let reader: ReturnType<typeof createReader>;
afterEach(() => reader.close());

it.each(Object.entries(kinds))(
  '%s are refused before they outgrow the thread',
  async (_kind, textOf) => {
    reader = createReader({ heapMaxMb, timeoutMs: 60_000 });
    let read = 0;
    for (let count = 16_000; ; count *= growth) {
      const body = new TextEncoder().encode(`{"output":[],"x":[${textOf(count)}]}`);
      const answer = { status: 200, headers: {}, body, receivedAt: 0 };
      const reading = await reader.readStatus(answer, context);
      if (reading.kind !== 'complete') {
        expect(reading).toMatchObject({ reason: 'response-too-large', health: 'provider-error' });
        break;
      }
      read += 1;
    }
    expect(read).toBeGreaterThan(1);
  },
);

// Without weights these end the process every time.
it.each(['one string', 'objects in a table'])(
  '%s, many times as large, is refused',
  async (kind) => {
    reader = createReader({ heapMaxMb: 16, timeoutMs: 60_000 });
    const body = new TextEncoder().encode(`{"output":[],"x":[${kinds[kind]?.(1_000_000)}]}`);
    const answer = { status: 200, headers: {}, body, receivedAt: 0 };

    expect(await reader.readStatus(answer, context)).toMatchObject({
      reason: 'response-too-large',
    });
  },
);
