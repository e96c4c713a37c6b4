import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { printableText } from './printable-text.js';

describe('printableText', () => {
  it.each([
    ['plain text', '  in progress ', 'in progress'],
    ['line ends', 'one\r\ntwo\tthree', 'one two three'],
    ['colours of a terminal', '\u001b[31mred\u001b[0m', '[31mred[0m'],
    ['marks that turn the direction of text', '\u202eexe.\u2066gpj', 'exe.gpj'],
    ['C1 controls', 'a\u0090b', 'ab'],
    [
      'a URL with a query',
      'see https://a.example/1?sig=x&b=/2 soon',
      'see https://a.example/1?… soon',
    ],
    ['a relative URL with a query', '"/jobs/1?sig=x"', '"/jobs/1?…'],
    ['a question with a slash', 'and/or? yes', 'and/or? yes'],
    ['letters of any script', 'заключено 終了 ✅', 'заключено 終了 ✅'],
  ])('makes one printable line of %s', (_what, text, printable) => {
    expect(printableText(text, 100)).toBe(printable);
  });

  it.each(['', '   ', '\u0000\u0007', '\u200b'])('finds nothing printable in %j', (text) => {
    expect(printableText(text, 100)).toBeUndefined();
  });

  it('does not cut a character in two', () => {
    expect(printableText('abc😀', 4)).toBe('abc');
  });

  it('keeps its bound, and no control characters, whatever it is given', () => {
    const anyText = fc.string({ unit: 'binary', maxLength: 60 });
    fc.assert(
      fc.property(anyText, fc.integer({ min: 1, max: 80 }), (text, maxLength) => {
        const printable = printableText(text, maxLength) ?? '';
        expect(printable.length).toBeLessThanOrEqual(maxLength);
        expect(printable).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}]/u);
      }),
    );
  });
});
