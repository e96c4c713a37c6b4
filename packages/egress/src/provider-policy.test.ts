import { hostileUrls, spellingsOfIpv4 } from '@bulkwatch/testkit';
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { createProviderPolicy, type ProviderPolicy } from './provider-policy.js';

const origins = ['https://ehr.example', 'https://ehr.example:8443', 'http://127.0.0.1:9000'];

const verdict = (policy: ProviderPolicy, url: string, tenant = 'default'): string | undefined =>
  policy.refuse(new URL(url), tenant)?.reason;

describe('a list of exact origins', () => {
  const policy = createProviderPolicy({ origins, allowHttp: false });

  test.each([
    'https://ehr.example/jobs/1?x=y',
    'https://EHR.example:443/',
    'https://ehr.example:8443/',
  ])('allows %s', (url) => {
    expect(verdict(policy, url)).toBeUndefined();
  });

  test.each([
    ['https://ehr.example:444/', 'origin-not-listed'],
    ['https://ehr.example./', 'host-not-qualified'],
    ['https://a.ehr.example/', 'origin-not-listed'],
    ['https://ehr.example.evil.example/', 'origin-not-listed'],
    ['https://ehr.example@evil.example/', 'user-info'],
    ['https://user@ehr.example/', 'user-info'],
    ['https://:pass@ehr.example/', 'user-info'],
    ['https://ehr.example/#there', 'fragment'],
    [`https://ehr.example/${'x'.repeat(2048)}`, 'url-too-long'],
    ['http://ehr.example/', 'scheme-not-allowed'],
    ['http://127.0.0.1:9000/', 'scheme-not-allowed'],
    ['ftp://ehr.example/', 'scheme-not-allowed'],
    ['blob:https://ehr.example/1', 'scheme-not-allowed'],
    ['https://intranet/', 'host-not-qualified'],
    ['https://8.8.8.8/', 'origin-not-listed'],
    ['https://10.0.0.1/', 'private'],
    ['https://[::1]/', 'loopback'],
  ])('refuses %s: %s', (url, why) => {
    expect(verdict(policy, url)).toBe(why);
  });

  test('allows http to a listed origin only where http is allowed at all', () => {
    const lenient = createProviderPolicy({ origins, allowHttp: true });

    expect(verdict(lenient, 'http://127.0.0.1:9000/x')).toBeUndefined();
    // Another spelling of the same address is the same origin.
    expect(verdict(lenient, 'http://0x7f.1:9000/x')).toBeUndefined();
    expect(verdict(lenient, 'http://127.0.0.1:9001/x')).toBe('loopback');
    expect(verdict(lenient, 'http://ehr.example/')).toBe('origin-not-listed');
  });

  test('with nothing on it allows nothing', () => {
    const closed = createProviderPolicy({ origins: [], allowHttp: true });

    expect(verdict(closed, 'https://ehr.example/')).toBe('origin-not-listed');
  });
});

describe('an origin that is listed by its address', () => {
  const named = [
    'https://10.0.0.5',
    'https://[fd12::5]:8443',
    'https://localhost:9000',
    'https://simulator:8090',
    'https://169.254.169.254',
    'https://[fd00:ec2::254]',
    'https://0.0.0.0',
    'https://169.254.0.9',
  ];
  const policy = createProviderPolicy({ origins: named, allowHttp: false });

  it('may be on a network of the operator, at that port', () => {
    for (const origin of named.slice(0, 4)) expect(verdict(policy, origin)).toBeUndefined();
    expect(verdict(policy, 'https://10.0.0.5:444/')).toBe('private');
  });

  it('is never where a cloud keeps credentials, nor on no network at all', () => {
    expect(named.slice(4).map((origin) => verdict(policy, origin))).toEqual([
      'metadata',
      'metadata',
      'unspecified',
      'link-local',
    ]);
  });

  it('is trusted further than a name, and a name than none', () => {
    const { trustIn } = createProviderPolicy({
      origins: ['https://*.clinic.example', 'https://ehr.example', ...named],
      originsByTenant: new Map([['acme', ['https://10.9.9.9']]]),
      privateOrigins: ['https://ehr.hospital.example'],
      allowHttp: false,
    });

    expect(trustIn('https://10.0.0.5')).toBe('private');
    expect(trustIn('https://10.9.9.9')).toBe('private');
    expect(trustIn('https://localhost:9000')).toBe('private');
    expect(trustIn('https://ehr.hospital.example')).toBe('private');
    expect(trustIn('https://ehr.hospital.example:8443')).toBe('unnamed');
    expect(trustIn('https://simulator:8090')).toBe('named');
    expect(trustIn('https://ehr.example')).toBe('named');
    expect(trustIn('https://a.clinic.example')).toBe('unnamed');
    expect(trustIn('https://10.0.0.6')).toBe('unnamed');
  });
});

describe('a pattern', () => {
  const policy = createProviderPolicy({
    origins: ['https://*.example.org', 'https://*.ports.example:8443'],
    allowHttp: true,
  });

  test.each([
    'https://a.example.org/',
    'https://a.b.c.example.org/',
    'https://a.ports.example:8443/',
  ])('allows %s', (url) => {
    expect(verdict(policy, url)).toBeUndefined();
  });

  test.each([
    ['https://example.org/', 'origin-not-listed'],
    ['https://aexample.org/', 'origin-not-listed'],
    ['https://a.example.org.evil.example/', 'origin-not-listed'],
    ['https://a.example.org:8443/', 'origin-not-listed'],
    ['https://a.ports.example/', 'origin-not-listed'],
    ['http://a.example.org/', 'origin-not-listed'],
    ['https://.example.org/', 'host-not-qualified'],
    ['https://a.example.org./', 'host-not-qualified'],
    ['https://evil.example/.example.org', 'origin-not-listed'],
    ['https://evil.example?.example.org', 'origin-not-listed'],
  ])('refuses %s: %s', (url, why) => {
    expect(verdict(policy, url)).toBe(why);
  });
});

describe('a tenant', () => {
  const policy = createProviderPolicy({
    origins: ['https://ehr.example'],
    originsByTenant: new Map([
      ['acme', ['https://acme.example']],
      ['frozen', []],
    ]),
    allowHttp: false,
  });

  it('with a list of its own has that and no other', () => {
    expect(verdict(policy, 'https://acme.example/', 'acme')).toBeUndefined();
    expect(verdict(policy, 'https://ehr.example/', 'acme')).toBe('origin-not-listed');
    expect(verdict(policy, 'https://ehr.example/', 'frozen')).toBe('origin-not-listed');
  });

  it('without one has the list for all', () => {
    expect(verdict(policy, 'https://ehr.example/', 'zeta')).toBeUndefined();
    expect(verdict(policy, 'https://acme.example/', 'zeta')).toBe('origin-not-listed');
    expect(verdict(policy, 'https://ehr.example/', 'constructor')).toBeUndefined();
  });
});

describe('any public origin, where all are allowed', () => {
  const open = createProviderPolicy({
    origins: ['http://lab.example'],
    allowHttp: true,
    allowAnyPublicOrigin: true,
  });

  it('is an https origin at any port, by name or by address', () => {
    for (const url of ['https://ehr.example', 'https://ehr.example:8443', 'https://8.8.8.8'])
      expect(verdict(open, url)).toBeUndefined();
    expect(verdict(open, 'http://ehr.example')).toBe('origin-not-listed');
    expect(verdict(open, 'http://lab.example')).toBeUndefined();
  });

  it('is none inside, and none for a tenant with a list of its own', () => {
    const guarded = createProviderPolicy({
      origins: ['https://ehr.example'],
      originsByTenant: new Map([
        ['acme', ['https://acme.internal']],
        ['zeta', []],
      ]),
      privateOrigins: ['https://acme.internal', 'https://login.internal'],
      allowHttp: false,
      allowAnyPublicOrigin: true,
    });

    expect(verdict(guarded, 'https://public.example')).toBeUndefined();
    for (const url of ['https://acme.internal', 'https://login.internal'])
      expect(verdict(guarded, url)).toBe('origin-not-listed');
    expect(verdict(guarded, 'https://acme.internal', 'acme')).toBeUndefined();
    for (const tenant of ['acme', 'zeta'])
      expect(verdict(guarded, 'https://public.example', tenant)).toBe('origin-not-listed');
  });

  it.each(hostileUrls(8443))('is not $text ($what)', ({ text }) => {
    expect(URL.canParse(text) ? verdict(open, text) : 'unreadable').toBeDefined();
  });

  it('is no private IPv4 address in whatever spelling', () => {
    const byte = fc.nat(255);
    const inside = fc.oneof(
      fc.tuple(fc.constant(10), byte, byte, byte),
      fc.tuple(fc.constant(127), byte, byte, byte),
      fc.tuple(fc.constant(172), fc.integer({ min: 16, max: 31 }), byte, byte),
      fc.tuple(fc.constant(192), fc.constant(168), byte, byte),
      fc.tuple(fc.constant(100), fc.integer({ min: 64, max: 127 }), byte, byte),
      fc.tuple(fc.constant(169), fc.constant(254), byte, byte),
    );
    fc.assert(
      fc.property(inside, (bytes) => {
        for (const [spelling, host] of Object.entries(spellingsOfIpv4(bytes.join('.')))) {
          const url = `https://${host}/`;
          if (URL.canParse(url)) expect(verdict(open, url), `${spelling}: ${url}`).toBeDefined();
        }
      }),
      { numRuns: 300 },
    );
  });
});

it('tries enough', () => {
  const texts = hostileUrls(8443).map(({ text }) => text);

  expect(new Set(texts).size).toBeGreaterThan(300);
  // A table of what does not even parse would prove nothing.
  expect(texts.filter((text) => URL.canParse(text)).length).toBeGreaterThan(250);
});
