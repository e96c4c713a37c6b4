import { createPresetBook, genericPreset } from '@bulkwatch/core';
import { createCredentialBook } from '@bulkwatch/egress';
import { describe, expect, it } from 'vitest';
import { type RegistrationRules, readRegistration } from './read-registration.js';

const now = Date.parse('2026-06-01T00:00:00Z');
const azureLike = { ...genericPreset, protocol: 'status-field', deadlineDays: 0.5 };
const presets = createPresetBook({
  own: new Map([
    ['our-lab', genericPreset],
    ['our-jobs', azureLike],
  ]),
  byOrigin: new Map([['https://jobs.example', 'our-jobs']]),
});
const listed = ['https://a.example', 'https://jobs.example'];
const rules: RegistrationRules = {
  tenant: 'default',
  policy: {
    refuse: (url) => (listed.includes(url.origin) ? undefined : { reason: 'origin-not-listed' }),
    webhooks: {
      refuse: ({ origin }, tenant) =>
        origin === 'https://hook.example' && tenant !== 'zeta' ? undefined : { reason: 'metadata' },
    },
  },
  presets,
  credentials: {
    find: (name) => (name === 'ours' ? { name, origins: ['https://a.example'] } : undefined),
  },
  canSeal: true,
  trackingDeadlineMs: 30 * 24 * 60 * 60 * 1000,
  now,
};
const statusUrl = 'https://a.example/jobs/1';

function acceptedFrom(body: object) {
  const reading = readRegistration({ statusUrl, ...body }, rules);
  if (reading.kind === 'refused') throw new Error(JSON.stringify(reading));
  return reading.job;
}

function refusedFrom(body: unknown, changed: Partial<RegistrationRules> = {}) {
  const reading = readRegistration(body, { ...rules, ...changed });
  if (reading.kind === 'accepted') throw new Error('was accepted');
  return { reason: reading.reason, fields: reading.errors.map(({ field }) => field) };
}

describe('readRegistration', () => {
  it('leaves out what was not said', () => {
    expect(acceptedFrom({})).toEqual({
      statusUrl,
      protocol: 'fhir-bulk',
      provider: 'https://a.example',
      labels: {},
      firstDelayMs: 0,
    });
  });

  it('keeps the status URL as it will be sent', () => {
    const spelt = 'HTTPS://A.example:443/x/../jobs/1?a=b';

    expect(acceptedFrom({ statusUrl: spelt }).statusUrl).toBe(`${statusUrl}?a=b`);
  });

  it.each([
    [600, 600_000],
    ['600', 600_000],
    [0.0001, 1],
    ['Mon, 01 Jun 2026 00:01:00 GMT', 60_000],
    ['Mon, 01 Jan 2024 00:00:00 GMT', 0],
  ])('waits before the first poll as Retry-After %j says', (retryAfter, firstDelayMs) => {
    expect(acceptedFrom({ retryAfter }).firstDelayMs).toBe(firstDelayMs);
  });

  it('forgives a clock that is a little ahead', () => {
    const kickedOffAt = new Date(now + 60_000).toISOString();

    expect(acceptedFrom({ kickedOffAt }).kickedOffAt).toBe(now + 60_000);
  });

  it('takes a wait that ends before a deadline of its own', () => {
    const deadlineAt = '2026-06-01T01:00:00Z';

    expect(acceptedFrom({ retryAfter: 3599, deadlineAt }).firstDelayMs).toBe(3_599_000);
    expect(refusedFrom({ statusUrl, retryAfter: 3600, deadlineAt }).fields).toEqual([
      '/retryAfter',
    ]);
  });

  it('names the one reason that all faults share', () => {
    expect(refusedFrom({ statusUrl: 'https://b.example/' })).toEqual({
      reason: 'provider-not-allowed',
      fields: ['/statusUrl'],
    });
    expect(refusedFrom({ statusUrl, bearerToken: 'x' }, { canSeal: false })).toEqual({
      reason: 'sealing-not-configured',
      fields: ['/bearerToken'],
    });
  });

  it('asks the policy for the tenant that registers, and keeps what it says from the caller', () => {
    const policy: RegistrationRules['policy'] = {
      ...rules.policy,
      refuse: (_url, tenant) => (tenant === 'acme' ? undefined : { reason: 'metadata' }),
    };

    expect(readRegistration({ statusUrl }, { ...rules, policy, tenant: 'acme' }).kind).toBe(
      'accepted',
    );
    const reading = readRegistration({ statusUrl }, { ...rules, policy, tenant: 'zeta' });
    expect(reading).toMatchObject({
      refusal: { reason: 'metadata', origin: 'https://a.example' },
    });
    expect(reading.kind === 'refused' && JSON.stringify(reading.errors)).not.toContain('metadata');
  });

  it('speaks of validation when there are several reasons', () => {
    expect(refusedFrom({ statusUrl: 'https://b.example/', credential: 'nobody' })).toEqual({
      reason: 'validation-failed',
      fields: ['/statusUrl', '/credential'],
    });
  });

  it('judges the fields that are well formed also when others are not', () => {
    const body = { statusUrl: 'https://b.example/', labels: { a: 1 }, credential: 'ours', odd: 1 };

    expect(refusedFrom(body).fields).toEqual(['/labels/a', '/odd', '/statusUrl', '/credential']);
  });

  it("refuses another tenant's credential exactly as one that there is not", () => {
    const credentials = createCredentialBook([
      { name: 'theirs', origins: ['https://elsewhere.example'], tenants: ['acme'] },
    ]);
    const refused = (credential: string, tenant: string) =>
      readRegistration({ statusUrl, credential }, { ...rules, credentials, tenant });

    expect(refused('theirs', 'default')).toMatchObject({ reason: 'credential-unknown' });
    expect(refused('theirs', 'default')).toEqual(refused('nobody', 'default'));
    expect(refused('theirs', 'acme')).toMatchObject({ reason: 'credential-not-for-provider' });
  });

  it('says what a Retry-After may be', () => {
    const reading = readRegistration({ statusUrl, retryAfter: true }, rules);

    expect(reading).toMatchObject({
      errors: [{ message: expect.stringMatching(/string.*number/) }],
    });
  });

  it.each([undefined, null, 7, 'text', [], [{ statusUrl }]])('refuses %j as a whole', (body) => {
    expect(refusedFrom(body)).toEqual({ reason: 'validation-failed', fields: [''] });
  });
});

describe('the preset of a registration', () => {
  const elsewhere = 'https://jobs.example/1';
  const chosenFrom = (body: object) => {
    const { preset, protocol } = acceptedFrom(body);
    return [preset, protocol];
  };

  it('is kept where it is named, and says which protocol is spoken', () => {
    expect(chosenFrom({ preset: 'our-lab' })).toEqual(['our-lab', 'fhir-bulk']);
    expect(chosenFrom({ preset: 'our-jobs' })).toEqual(['our-jobs', 'status-field']);
    expect(chosenFrom({ preset: 'our-jobs', protocol: 'status-field' })).toEqual([
      'our-jobs',
      'status-field',
    ]);
    expect(chosenFrom({ statusUrl: elsewhere, preset: 'our-lab' })).toEqual([
      'our-lab',
      'fhir-bulk',
    ]);
  });

  it('is that of the origin where it is not named, so that it can still be changed', () => {
    expect(chosenFrom({})).toEqual([undefined, 'fhir-bulk']);
    expect(chosenFrom({ statusUrl: elsewhere })).toEqual([undefined, 'status-field']);
    expect(chosenFrom({ statusUrl: elsewhere, protocol: 'status-field' })).toEqual([
      undefined,
      'status-field',
    ]);
  });

  it('says how long a job is tracked that has no deadline of its own', () => {
    const deadlineAt = '2026-06-03T00:00:00Z';
    const halfADayMs = 43_200_000;

    expect(acceptedFrom({ preset: 'our-jobs' })).toMatchObject({ deadlineMs: halfADayMs });
    expect(acceptedFrom({ statusUrl: elsewhere })).toMatchObject({ deadlineMs: halfADayMs });
    expect(acceptedFrom({ preset: 'our-lab' })).not.toHaveProperty('deadlineMs');
    const own = acceptedFrom({ preset: 'our-jobs', deadlineAt });
    expect(own.deadlineAt).toBe(Date.parse(deadlineAt));
    expect(own).not.toHaveProperty('deadlineMs');
    const tooLate = { statusUrl, preset: 'our-jobs', retryAfter: 43_200 };
    expect(refusedFrom(tooLate).fields).toEqual(['/retryAfter']);
  });

  it.each<[object, reason: string, field: string, message: string]>([
    [{ preset: 'our-lap' }, 'preset-unknown', '/preset', 'is not known; did you mean our-lab?'],
    [{ preset: 'nothing-like-it' }, 'preset-unknown', '/preset', 'is not known'],
    [{ preset: 'constructor' }, 'preset-unknown', '/preset', 'is not known'],
    [{ preset: 'Our-Lab' }, 'validation-failed', '/preset', 'takes lower-case letters'],
    [{ protocol: 'soap' }, 'validation-failed', '/protocol', 'must be one of fhir-bulk, status-f'],
    [{ protocol: 'status-field' }, 'validation-failed', '/protocol', 'needs a preset that speaks'],
    [
      { protocol: 'status-field', preset: 'our-lab' },
      'validation-failed',
      '/protocol',
      'must be fhir-bulk, which the preset speaks',
    ],
    [
      { protocol: 'fhir-bulk', statusUrl: elsewhere },
      'validation-failed',
      '/protocol',
      'needs a preset that speaks it; the one of this origin speaks status-field',
    ],
  ])('is refused in %j', (body, reason, field, message) => {
    const reading = readRegistration({ statusUrl, ...body }, rules);

    expect(reading).toEqual({
      kind: 'refused',
      reason,
      errors: [{ field, message: expect.stringContaining(message) }],
    });
  });

  it('is judged together with all else, also where the status URL cannot be read', () => {
    expect(refusedFrom({ protocol: 'status-field', preset: 'nobody' })).toEqual({
      reason: 'validation-failed',
      fields: ['/statusUrl', '/preset'],
    });
    expect(refusedFrom({ protocol: 'status-field' }).fields).toEqual(['/statusUrl']);
  });
});

describe('the webhook of a registration', () => {
  const secret = `whsec_${Buffer.alloc(24, 7).toString('base64')}`;
  const webhook = { url: 'https://Hook.example:443/a/../b?key=c', secret };

  it('is kept as it will be asked', () => {
    expect(acceptedFrom({ webhook }).webhook).toEqual({
      url: 'https://hook.example/b?key=c',
      secret,
    });
    const types = ['bulkwatch.export.failed', 'bulkwatch.export.failed'];
    expect(acceptedFrom({ webhook: { ...webhook, types } }).webhook?.types).toEqual([types[0]]);
  });

  it.each([
    ['of the tenant that registers', { tenant: 'zeta' }, 'webhook-not-allowed'],
    ['that cannot be sealed', { canSeal: false }, 'sealing-not-configured'],
  ])('%s is judged beside what else is wrong', (_which, changed, reason) => {
    const fields = ['/webhook/url'];

    expect(refusedFrom({ statusUrl, webhook }, changed)).toEqual({ reason, fields });
    expect(refusedFrom({ statusUrl, webhook, credential: 'nobody' }, changed).fields).toEqual([
      '/credential',
      ...fields,
    ]);
  });

  it('is refused in one sentence, and we are told why', () => {
    const reading = readRegistration({ statusUrl, webhook }, { ...rules, tenant: 'zeta' });

    expect(reading).toMatchObject({
      webhookRefusal: { reason: 'metadata', origin: 'https://hook.example' },
    });
    expect(reading.kind === 'refused' && JSON.stringify(reading.errors)).not.toContain('metadata');
  });

  it.each([
    [{ url: webhook.url }, '/webhook/secret'],
    [{ secret }, '/webhook/url'],
    [{ ...webhook, secret: 'hush' }, '/webhook/secret'],
    [{ ...webhook, secret: `${secret} ${secret} ${secret}` }, '/webhook/secret'],
    [{ ...webhook, url: 'https://a:b@hook.example/' }, '/webhook/url'],
    [{ ...webhook, url: 'https://hook.example/#' }, '/webhook/url'],
    [{ ...webhook, types: [] }, '/webhook/types'],
    [{ ...webhook, types: ['completed'] }, '/webhook/types/0'],
    [{ ...webhook, id: 'x' }, '/webhook/id'],
    ['https://hook.example/', '/webhook'],
    [null, '/webhook'],
  ])('is refused where it is no webhook: %j', (odd, field) => {
    expect(refusedFrom({ statusUrl, webhook: odd })).toEqual({
      reason: 'validation-failed',
      fields: [field],
    });
  });
});
