import { describe, expect, it } from 'vitest';
import { readStatus, receivedAt } from '../tests/tracked.js';
import { mergePages } from './protocol/fhir-bulk/merge-pages.js';
import type { StatusReading } from './protocol/status-reading.js';

/**
 * What the largest and the most hostile answers cost. Mutation testing leaves these out: under it, time says
 * nothing.
 */

const mebibyte = 1024 * 1024;
const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

/** A body that begins and ends as given, with as much of the filling between as goes into 64 MiB. */
function filled(start: string, filling: string, end: string): Uint8Array {
  const room = 64 * mebibyte - start.length - end.length - filling.length;
  return utf8(start + filling.repeat(Math.floor(room / filling.length)) + end);
}

function cost(status: number, body: Uint8Array): { reading: StatusReading; cpuMs: number } {
  const before = process.cpuUsage();
  const reading = readStatus({ status, headers: {}, body, receivedAt });
  return { reading, cpuMs: process.cpuUsage(before).user / 1000 };
}

/** Two cores may be busy with other tests, and the first collection of so much garbage takes its time. */
const limitMs = 8_000;

describe('64 MiB', () => {
  it.each([
    ['of one string', filled('{"output":[],"x":"', 'a', '"}'), 'complete'],
    ['of escapes', filled('{"output":[],"x":"', '\\u0041', '"}'), 'complete'],
    [
      'of files',
      filled('{"output":[', '{"type":"Patient","url":"https://a.example/1"},', '{"url":"b"}]}'),
      'complete',
    ],
    ['of numbers where files belong', filled('{"output":[', '1,', '1]}'), 'poll-failed'],
    ['of empty objects where files belong', filled('{"output":[', '{},', '{}]}'), 'poll-failed'],
    ['of members', filled('{"output":[]', ',"a":1', '}'), 'poll-failed'],
    ['of white space', filled('{"output":[]', ' ', '}'), 'complete'],
    ['of zeros', new Uint8Array(64 * mebibyte), 'poll-failed'],
    ['of broken UTF-8', new Uint8Array(64 * mebibyte).fill(0xff), 'poll-failed'],
    [
      'of entries of a batch-response',
      filled(
        '{"resourceType":"Bundle","type":"batch-response","entry":[{"response":{"status":"200"}}',
        ',{}',
        ']}',
      ),
      'poll-failed',
    ],
    ['of brackets', new Uint8Array(64 * mebibyte).fill(0x5b), 'poll-failed'],
  ] as const)(
    '%s are read in bounded time',
    (_what, body, kind) => {
      for (const status of [200, 202]) {
        const { reading, cpuMs } = cost(status, body);

        expect(reading.kind).toBe(status === 200 ? kind : 'in-progress');
        expect(cpuMs).toBeLessThan(limitMs);
      }
    },
    60_000,
  );
});

describe('the number of values', () => {
  const of = (commas: number) => utf8(`{"output":[],"x":[${'1,'.repeat(commas)}1]}`);

  it('is bounded at five million, of which no manifest comes near', () => {
    expect(cost(200, of(4_999_996)).reading.kind).toBe('complete');
    expect(cost(200, of(4_999_997)).reading).toMatchObject({
      kind: 'poll-failed',
      detail: 'HTTP 200 with JSON of too many values',
    });
  }, 30_000);
});

describe('pages that are each within the bounds', () => {
  it('are joined up to as many values as one manifest may have', () => {
    const page = utf8(`{"output":[${'{},'.repeat(1_000_000)}{}]}`);
    const before = process.cpuUsage();
    const { summary, leftOut } = mergePages(Array.from({ length: 20 }, () => page));

    expect(summary.outputCount).toBe(2_000_002);
    expect(leftOut).toBe(18);
    expect(process.cpuUsage(before).user / 1000).toBeLessThan(limitMs);
  }, 30_000);
});

describe('a hundred thousand files', () => {
  const output = Array.from({ length: 100_000 }, (_, index) => ({
    type: 'Observation',
    url: `https://files.example/export/${index}.ndjson`,
    count: index,
  }));
  const body = utf8(JSON.stringify({ transactionTime: '2025-06-01T11:00:00Z', output, error: [] }));

  it('complete in well under a second', () => {
    const { reading, cpuMs } = cost(200, body);

    expect(reading).toMatchObject({ kind: 'complete', summary: { outputCount: 100_000 } });
    expect(cpuMs).toBeLessThan(1_500);
  });

  it('are told of in events that are small each', () => {
    const { reading, cpuMs } = cost(202, body);
    const partials = reading.kind === 'in-progress' ? (reading.news?.partials ?? []) : [];

    // As many as one poll may tell; the rest is new to the next one.
    expect(partials).toHaveLength(16);
    expect(Math.max(...partials.map(({ length }) => length))).toBeLessThan(70_000);
    expect(cpuMs).toBeLessThan(2_000);
  });
});

describe('JSON nested ten thousand deep', () => {
  const depth = 10_000;

  it.each([
    ['in a member', `{"output":[],"x":${'['.repeat(depth)}${']'.repeat(depth)}}`],
    ['in objects', `{"output":[],"x":${'{"x":'.repeat(depth)}1${'}'.repeat(depth)}}`],
    ['from the start', '['.repeat(depth)],
  ])('%s is no manifest, and no reason to crash', (_what, text) => {
    for (const status of [200, 202, 400, 500]) {
      const { reading, cpuMs } = cost(status, utf8(text));

      expect(reading.kind).not.toBe('complete');
      expect(cpuMs).toBeLessThan(500);
    }
  });
});

describe('an error of many issues', () => {
  it('is not looked through beyond its bound', () => {
    const issue = '{"severity":"error","code":"exception"},';
    const body = utf8(`{"resourceType":"OperationOutcome","issue":[${issue.repeat(1_000_000)}{}]}`);
    const { reading, cpuMs } = cost(500, body);

    expect(reading).toMatchObject({ kind: 'poll-failed', detail: 'HTTP 500' });
    expect(cpuMs).toBeLessThan(500);
  });
});
