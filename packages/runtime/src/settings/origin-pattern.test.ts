import { describe, expect, it } from 'vitest';
import { canonicalOrigin, canonicalOriginPattern, coversOrigin } from './origin-pattern.js';

describe('canonicalOriginPattern', () => {
  it.each([
    ['https://ehr.example.org', 'https://ehr.example.org'],
    ['HTTPS://EHR.example.org:443/', 'https://ehr.example.org'],
    ['https://*.Example.org:443', 'https://*.example.org'],
    ['http://*.example.org:8080/', 'http://*.example.org:8080'],
    ['https://*.bücher.example', 'https://*.xn--bcher-kva.example'],
    ['https://0x7f.1', 'https://127.0.0.1'],
    ['https://simulator', 'https://simulator'],
  ])('spells %s as %s', (text, spelling) => {
    expect(canonicalOriginPattern(text)).toBe(spelling);
  });

  it.each([
    '*.example.org',
    'https://*',
    'https://*.',
    'https://*.org',
    'https://*.*.org',
    'https://a*.example.org',
    'https://a.*.example.org',
    'https://*.127.0.0.1',
    'https://*.0x7f.1',
    'https://*.[::1]',
    'https://*.example.org.',
    'https://*.example.org/path',
    'https://user@*.example.org',
    'https://*.user@example.org',
    'https://*.example.org\\@evil.example',
  ])('takes no %s', (text) => {
    expect(canonicalOriginPattern(text)).toBeUndefined();
  });

  it('knows patterns that an origin cannot be', () => {
    expect(canonicalOrigin('https://*.example.org')).toBeUndefined();
    expect(canonicalOrigin('https://ehr.example.org.')).toBeUndefined();
  });
});

describe('coversOrigin', () => {
  const pattern = 'https://*.example.org';

  it.each(['https://a.example.org', 'https://a.b.example.org'])('%s is below', (origin) => {
    expect(coversOrigin(pattern, origin)).toBe(true);
  });

  it.each([
    'https://example.org',
    'https://.example.org',
    'https://aexample.org',
    'http://a.example.org',
    'https://a.example.org:8443',
    'https://a.example.org.evil.example',
    'null',
  ])('%s is not', (origin) => {
    expect(coversOrigin(pattern, origin)).toBe(false);
  });

  it('takes what is no pattern exactly', () => {
    expect(coversOrigin('https://a.example', 'https://a.example')).toBe(true);
    expect(coversOrigin('https://a.example', 'https://b.a.example')).toBe(false);
  });
});
