import { describe, expect, it } from 'vitest';
import { parseStatusCode } from './status-code.js';

describe('parseStatusCode', () => {
  it.each([
    ['200', 200],
    ['404 Not Found', 404],
    [' 599-odd', 599],
    ['100', 100],
  ])('reads %j', (text, code) => {
    expect(parseStatusCode(text)).toBe(code);
  });

  it.each(['', 'OK', '20', '2000', '099', '600', 'HTTP/1.1 200'])('finds no code in %j', (text) => {
    expect(parseStatusCode(text)).toBeUndefined();
  });
});
