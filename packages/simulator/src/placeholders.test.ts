import { describe, expect, it } from 'vitest';
import { expandPlaceholders, unknownPlaceholders } from './placeholders.js';

const source = {
  found: { statusUrl: 'http://one:1/r4/t/bulk-export/jobs/x', otherOrigin: 'http://two:2' },
  now: Date.UTC(2026, 10, 2, 15, 4, 5, 990),
};

describe('expandPlaceholders', () => {
  it.each([
    ['{{origin}}/a', 'http://one:1/a'],
    ['{{otherOrigin}}', 'http://two:2'],
    ['<{{statusUrl}}>', '<http://one:1/r4/t/bulk-export/jobs/x>'],
    ['{{page:p-2}}', 'http://one:1/r4/t/bulk-export/jobs/x/pages/p-2'],
    ['{{page:p:relative}}', '/r4/t/bulk-export/jobs/x/pages/p'],
    ['{{page:p:other}}', 'http://two:2/r4/t/bulk-export/jobs/x/pages/p'],
    ['{{now}}', 'Mon, 02 Nov 2026 15:04:05 GMT'],
    ['{{now+60}}', 'Mon, 02 Nov 2026 15:05:05 GMT'],
    ['{{now-5}} {{now-6}}', 'Mon, 02 Nov 2026 15:04:00 GMT Mon, 02 Nov 2026 15:03:59 GMT'],
    ['{{rfc850}}', 'Monday, 02-Nov-26 15:04:05 GMT'],
    ['{{asctime}}', 'Mon Nov  2 15:04:05 2026'],
    ['{{asctime+864000}}', 'Thu Nov 12 15:04:05 2026'],
    ['{{wrongWeekday}}', 'Tue, 02 Nov 2026 15:04:05 GMT'],
    ['{{iso-86400}}', '2026-11-01T15:04:05.990Z'],
    ['{{goTime}}', '2026-11-02 15:04:05.99 +0000 UTC'],
    ['{{epoch+10}}', String(source.now / 1_000 + 10 - 0.99)],
    ['{{epochMs}}', String(source.now)],
    ['{{nonsense}} {{}} {{now+x}} {now}', '{{nonsense}} {{}} {{now+x}} {now}'],
  ])('makes of %j', (text, expanded) => {
    expect(expandPlaceholders(text, source)).toBe(expanded);
  });
});

describe('unknownPlaceholders', () => {
  it('finds what would stay as it is, and pages that are not there', () => {
    const text =
      '{{now+1}} {{epoch}} {{later}} {{page:a}} {{page:b:other}} {{origin}} {{toString}}';
    expect(unknownPlaceholders(text, ['a'])).toEqual([
      '{{later}}',
      '{{page:b:other}}',
      '{{toString}}',
    ]);
  });
});
