import { describe, expect, it } from 'vitest';
import { tokenExpiry } from './token-expiry.js';

const base64url = (text: string): string => Buffer.from(text).toString('base64url');
const jwt = (payload: string): string =>
  `${base64url('{"alg":"RS384"}')}.${base64url(payload)}.c2ln`;

describe('tokenExpiry', () => {
  it('is what a JWT says, in ms', () => {
    expect(tokenExpiry(jwt('{"exp":1700000000}'))).toBe(1_700_000_000_000);
    expect(tokenExpiry(jwt('{"exp":1700000000.5}'))).toBe(1_700_000_000_500);
  });

  it.each([
    ['an opaque token', 'abcdef'],
    ['an opaque token with dots', 'a.b.c'],
    ['a JWT without exp', jwt('{"sub":"x"}')],
    ['a JWT whose exp is no number', jwt('{"exp":"1700000000"}')],
    ['a JWT of no object', jwt('7')],
    ['a JWT of null', jwt('null')],
    ['an encrypted JWT', `${jwt('{"exp":1}')}.x.y`],
    ['half a JWT', 'eyJhbGciOiJub25lIn0'],
  ])('is not known of %s', (_name, token) => {
    expect(tokenExpiry(token)).toBeUndefined();
  });
});
