import { describe, expect, test } from 'vitest';
import { createProviderPolicy } from './provider-policy.js';

const origins = ['https://ehr.example', 'https://ehr.example:8443', 'http://127.0.0.1:9000'];

describe('a provider policy', () => {
  const policy = createProviderPolicy({ origins, allowHttp: false });

  test.each([
    'https://ehr.example/jobs/1?x=y',
    'https://EHR.example:443/',
    'https://ehr.example:8443/',
  ])('allows %s', (url) => {
    expect(policy.refuse(new URL(url))).toBeUndefined();
  });

  test.each([
    ['https://ehr.example:444/', 'the origin is not on the list'],
    ['https://ehr.example./', 'the origin is not on the list'],
    ['https://a.ehr.example/', 'the origin is not on the list'],
    ['https://ehr.example.evil.example/', 'the origin is not on the list'],
    ['https://ehr.example@evil.example/', 'user-info is not allowed'],
    ['https://user@ehr.example/', 'user-info is not allowed'],
    ['https://:pass@ehr.example/', 'user-info is not allowed'],
    ['http://ehr.example/', 'the scheme is not allowed'],
    ['http://127.0.0.1:9000/', 'the scheme is not allowed'],
    ['ftp://ehr.example/', 'the scheme is not allowed'],
    ['blob:https://ehr.example/1', 'the scheme is not allowed'],
  ])('refuses %s', (url, why) => {
    expect(policy.refuse(new URL(url))).toBe(why);
  });

  test('allows http to a listed origin only where http is allowed at all', () => {
    const lenient = createProviderPolicy({ origins, allowHttp: true });

    expect(lenient.refuse(new URL('http://127.0.0.1:9000/x'))).toBeUndefined();
    // Another spelling of the same address is the same origin.
    expect(lenient.refuse(new URL('http://0x7f.1:9000/x'))).toBeUndefined();
    expect(lenient.refuse(new URL('http://127.0.0.1:9001/x'))).toBe(
      'the origin is not on the list',
    );
    expect(lenient.refuse(new URL('http://ehr.example/'))).toBe('the origin is not on the list');
  });

  test('with an empty list allows nothing', () => {
    const closed = createProviderPolicy({ origins: [], allowHttp: true });

    expect(closed.refuse(new URL('https://ehr.example/'))).toBe('the origin is not on the list');
  });
});
