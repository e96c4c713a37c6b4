import { describe, expect, it } from 'vitest';
import { loadSettings } from './load-settings.js';
import { isLoopbackHost } from './loopback-host.js';
import { SettingsError } from './settings-error.js';

const enough = { BULKWATCH_PROVIDER_ORIGINS: 'https://ehr.example.org' };
const tokens = {
  BULKWATCH_JWT_ISSUER: 'https://login.example.org',
  BULKWATCH_JWT_AUDIENCE: 'bulkwatch',
  BULKWATCH_JWT_JWKS_URL: 'https://login.example.org/keys',
};
const anonymous = { BULKWATCH_DANGEROUSLY_ALLOW_ANONYMOUS: 'true' };

function problemsOf(env: Record<string, string>): string[] {
  try {
    loadSettings('api', { ...enough, ...env });
    return [];
  } catch (error) {
    if (error instanceof SettingsError) return error.problems.map((problem) => problem.env);
    throw error;
  }
}

describe('who may call the API', () => {
  it('must say who he is, unless told otherwise', () => {
    const settings = loadSettings('api', enough);

    expect(settings.dangerouslyAllowAnonymous).toBe(false);
    expect(settings).not.toHaveProperty('jwtIssuer');
    expect(settings.jwtAlgorithms).not.toContain('HS256');
  });

  it.each<[why: string, env: Record<string, string>, problems: string[]]>([
    ['all of an issuer', tokens, []],
    ['anybody, here', anonymous, []],
    ['anybody, here by name', { ...anonymous, BULKWATCH_API_HOST: '::1' }, []],
    [
      'anybody, from anywhere',
      { ...anonymous, BULKWATCH_API_HOST: '0.0.0.0' },
      ['BULKWATCH_DANGEROUSLY_ALLOW_ANONYMOUS'],
    ],
    ['anybody, and tokens', { ...anonymous, ...tokens }, ['BULKWATCH_DANGEROUSLY_ALLOW_ANONYMOUS']],
    [
      'anybody, by way of proxies',
      { ...anonymous, BULKWATCH_API_TRUSTED_PROXIES: 'loopback' },
      ['BULKWATCH_DANGEROUSLY_ALLOW_ANONYMOUS'],
    ],
    [
      'an issuer without the rest',
      { BULKWATCH_JWT_ISSUER: tokens.BULKWATCH_JWT_ISSUER },
      ['BULKWATCH_JWT_AUDIENCE', 'BULKWATCH_JWT_JWKS_URL'],
    ],
    [
      'keys twice',
      { ...tokens, BULKWATCH_JWT_JWKS_FILE: 'jwks.json' },
      ['BULKWATCH_JWT_JWKS_FILE'],
    ],
    [
      'keys over http',
      { ...tokens, BULKWATCH_JWT_JWKS_URL: 'http://login.example.org/keys' },
      ['BULKWATCH_JWT_JWKS_URL', 'BULKWATCH_JWT_JWKS_URL'],
    ],
    [
      'a shared secret',
      { ...tokens, BULKWATCH_JWT_ALGORITHMS: 'RS256,HS256' },
      ['BULKWATCH_JWT_ALGORITHMS'],
    ],
  ])('%s', (_why, env, problems) => {
    expect(problemsOf(env)).toEqual(problems);
  });
});

describe('trusted proxies', () => {
  it.each([
    ['10.0.0.1', ['10.0.0.1']],
    ['10.0.0.0/8, 2001:db8::/32', ['10.0.0.0/8', '2001:db8::/32']],
    ['loopback,uniquelocal,::1', ['loopback', 'uniquelocal', '::1']],
  ])('may be %s', (text, proxies) => {
    const settings = loadSettings('api', { ...enough, BULKWATCH_API_TRUSTED_PROXIES: text });
    expect(settings.apiTrustedProxies).toEqual(proxies);
  });

  it.each([
    'true',
    '1',
    'proxy.example.org',
    '0.0.0.0/0',
    '::/0',
    '10.0.0.0/33',
    '2001:db8::/129',
    '10.0.0.0/8/8',
    '10.0.0.1,',
  ])('cannot be %s', (text) => {
    expect(problemsOf({ BULKWATCH_API_TRUSTED_PROXIES: text })).toEqual([
      'BULKWATCH_API_TRUSTED_PROXIES',
    ]);
  });
});

describe('isLoopbackHost', () => {
  it.each(['localhost', 'LocalHost', '127.0.0.1', '127.255.0.9', '::1', '[::1]'])(
    'knows %s',
    (host) => expect(isLoopbackHost(host)).toBe(true),
  );
  it.each([
    '0.0.0.0',
    '::',
    '',
    'localhost.example',
    '127.0.0.1.example',
    '1127.0.0.1',
    '10.0.0.1',
  ])('passes over %s', (host) => expect(isLoopbackHost(host)).toBe(false));
});
