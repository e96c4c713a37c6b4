import { describe, expect, it } from 'vitest';
import { listQuerySchema, registrationSchema } from './jobs.js';

const statusUrl = 'https://ehr.example/bulk-export/jobs/1';
const issuesOf = (body: unknown) =>
  registrationSchema.safeParse(body).error?.issues.map(({ path, code, ...issue }) => ({
    path: path.join('/'),
    keys: code === 'unrecognized_keys' && 'keys' in issue ? issue.keys : undefined,
  }));

describe('registrationSchema', () => {
  it('takes a status URL alone, and everything together', () => {
    expect(registrationSchema.parse({ statusUrl })).toEqual({ statusUrl });
    const whole = {
      statusUrl,
      protocol: 'fhir-bulk',
      preset: 'oracle-millennium',
      credential: 'oracle',
      retryAfter: '600',
      kickedOffAt: '2026-01-04T17:42:25+01:00',
      deadlineAt: '2026-02-04T17:42:25Z',
      labels: { 'team/study': 'a' },
      reference: 'order 7',
    };
    expect(registrationSchema.parse(whole)).toEqual(whole);
  });

  it.each([
    ['no body', undefined],
    ['a list', []],
    ['no status URL', {}],
    ['a number', { statusUrl: 7 }],
    ['an empty URL', { statusUrl: '' }],
    ['a relative URL', { statusUrl: '/jobs/1' }],
    ['another scheme', { statusUrl: 'ftp://ehr.example/1' }],
    ['a script', { statusUrl: 'javascript:alert(1)' }],
    ['user-info', { statusUrl: 'https://me:pw@ehr.example/1' }],
    ['a fragment', { statusUrl: `${statusUrl}#x` }],
    ['a space', { statusUrl: `${statusUrl} x` }],
    ['a tab that parsers drop', { statusUrl: 'https://ehr.ex\tample/1' }],
    ['letters outside ASCII', { statusUrl: 'https://ehr.example/ä' }],
    ['too long', { statusUrl: `${statusUrl}/${'x'.repeat(2048)}` }],
  ])('refuses as status URL: %s', (_what, body) => {
    expect(registrationSchema.safeParse(body).success).toBe(false);
  });

  it('names every bad field at once, unknown ones by name', () => {
    const body = {
      statusUrl: 'nonsense',
      protocol: 'SOAP 1.1',
      preset: '',
      credential: 'white space',
      retryAfter: {},
      kickedOffAt: 'yesterday',
      deadlineAt: 12,
      labels: { 'a b': 'x', ok: 7 },
      reference: 'r'.repeat(257),
      webhoook: {},
      extra: 1,
    };
    const paths = issuesOf(body);
    expect(paths?.map(({ path }) => path)).toEqual(
      expect.arrayContaining([
        'statusUrl',
        'protocol',
        'preset',
        'credential',
        'retryAfter',
        'kickedOffAt',
        'deadlineAt',
        'labels/a b',
        'labels/ok',
        'reference',
      ]),
    );
    expect(paths?.flatMap(({ keys }) => keys ?? [])).toEqual(['webhoook', 'extra']);
  });

  it('takes one way to authenticate, not two, and no token that a header cannot carry', () => {
    const both = { statusUrl, credential: 'oracle', bearerToken: 'abc' };
    expect(issuesOf(both)).toMatchObject([{ path: 'bearerToken' }]);
    expect(issuesOf({ statusUrl, bearerToken: 'a\r\nb' })).toMatchObject([{ path: 'bearerToken' }]);
    expect(registrationSchema.safeParse({ statusUrl, bearerToken: 'abc.DEF-_=' }).success).toBe(
      true,
    );
  });
});

describe('listQuerySchema', () => {
  it('reads text as it comes in a URL', () => {
    expect(listQuerySchema.parse({ limit: '7', label: 'a:b:c', state: 'completed' })).toEqual({
      limit: 7,
      label: ['a:b:c'],
      state: 'completed',
    });
  });

  it.each([
    { limit: '0' },
    { limit: '501' },
    { limit: 'x' },
    { state: 'done' },
    { label: 'a' },
    { page: '2' },
  ])('refuses %o', (query) => expect(listQuerySchema.safeParse(query).success).toBe(false));
});
