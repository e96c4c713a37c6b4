import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { scrub } from './scrub.js';

const token = 'canary-0f3A.b~c_d/e+f=';

/** Places where a secret has been seen in somebody's log. */
const leaks = [
  `sent Authorization: Bearer ${token} to it`,
  `authorization: bearer   ${token}`,
  `Bearer\n${token}`,
  `Bearer "${token}"`,
  'Authorization: Basic Y2FuYXJ5OmNhbmFyeQ==canary',
  'access_token=canary&expires_in=570',
  'client_secret: canary',
  'token = canary',
  'password:canary',
  'body was {"access_token":"canary","token_type":"Bearer"}',
  'redis://default:canary@redis.example:6379/1 refused',
  'https://canary@ehr.example.org/jobs/1',
  'GET https://ehr.example.org/jobs/1?sig=canary&se=1 timed out',
  "GET 'https://ehr.example.org/jobs/1?name='canary'' failed",
  'GET https://ehr.example.org/jobs/1?a=\\canary',
  'GET /v1/jobs?label=canary',
  'key bwk_0123456789abcdef_canary-_0 was sent',
  'signed with whsec_canary+/0= and sent',
  'jwt eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJjYW5hcnkifQ.canary-signature',
];

describe('scrub', () => {
  it.each(leaks)('takes the secret out of: %s', (text) => {
    const line = JSON.stringify({ msg: text, after: 'kept' });

    const scrubbed = scrub(line);

    expect(scrubbed).not.toMatch(/canary/);
    expect(JSON.parse(scrubbed)).toMatchObject({ after: 'kept' });
  });

  it.each([
    { token: 'canary "quoted" \\ and more', next: 1 },
    { a: { b: { c: { d: { clientSecret: 'canary' } } } } },
    { headers: { Authorization: ['canary one', 'canary, "two"]'], 'x-api-key': 'canary' } },
    { inner: JSON.stringify({ password: 'canary', n: 1 }) },
  ])('takes out the value of a telling name at any depth: %j', (fields) => {
    const scrubbed = scrub(JSON.stringify(fields));

    expect(scrubbed).not.toMatch(/canary/);
    expect(Object.keys(JSON.parse(scrubbed) as object)).toEqual(Object.keys(fields));
  });

  it.each([
    'polled https://ehr.example.org/jobs/1, 202 in 31 ms',
    'is 1/2 of it done?',
    'what? https://ehr.example.org/jobs/1',
    'reason token-unavailable',
    'at fetchStatus (file:///app/dist/fetch-status.js:10:5)',
  ])('leaves alone: %s', (text) => {
    expect(scrub(text)).toBe(text);
  });

  it.each([
    { token: null },
    { token: 5, x: 1 },
    { token: [1] },
    { password: { a: 1 } },
    { tokens: ['a'] },
  ])('leaves %j valid', (fields) => {
    expect(JSON.parse(scrub(JSON.stringify(fields)))).toEqual(fields);
  });

  it('keeps the scheme and the name, which say what was there', () => {
    expect(scrub('Authorization: Bearer canary, token=canary')).toBe(
      'Authorization: Bearer [secret], token=[secret]',
    );
  });

  it('leaves every JSON line valid', () => {
    const pieces = [
      'token',
      '":"',
      '\\',
      '"',
      ' ',
      ':',
      '=',
      '[',
      ']',
      '?',
      '/',
      '@',
      '://',
      'Bearer',
      'é',
    ];
    const text = fc
      .array(fc.oneof(fc.constantFrom(...pieces), fc.string()))
      .map((all) => all.join(''));
    const value = fc.oneof(text, fc.array(text), fc.integer(), fc.constant(null));
    const key = fc.oneof(fc.constantFrom('token', 'password', 'msg'), text);

    fc.assert(
      fc.property(fc.dictionary(key, value), (fields) => {
        expect(JSON.parse(scrub(JSON.stringify(fields)))).toBeTypeOf('object');
      }),
      { numRuns: 2_000 },
    );
  });

  it.each(['/', '?', 'a.', 'Bearer ', 'token', 'eyJ', 'token:', '://', '"'])(
    'takes no longer per letter on a hostile line of %j',
    (piece) => {
      const line = JSON.stringify({ msg: piece.repeat(100_000 / piece.length) });
      const startedAtMs = performance.now();

      scrub(line);

      expect(performance.now() - startedAtMs).toBeLessThan(250);
    },
  );
});
