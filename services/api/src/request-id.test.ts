import { describe, expect, it } from 'vitest';
import { readRequestId } from './request-id.js';

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

describe('readRequestId', () => {
  it.each(['a', 'trace/01:b=2+3@host~x', 'x'.repeat(128)])('passes %s on', (header) => {
    expect(readRequestId(header)).toBe(header);
  });

  it.each([undefined, '', 'x'.repeat(129), 'two words', 'a\tb', 'a"b', 'bücher', '{"level":60}'])(
    'makes a new id in place of %j',
    (header) => {
      expect(readRequestId(header)).toMatch(uuid);
    },
  );
});
