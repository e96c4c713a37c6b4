import type { Job, Problem } from '@bulkwatch/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Api, newStatusUrl, provider, setupApi } from './harness.js';
import { canary } from './keeps-contract.js';
import { withFiles } from './with-files.js';

const credentials = {
  credentials: [
    { name: 'ours', tokenUrl: 'https://auth.example.org/token', origins: [provider] },
    {
      name: 'elsewhere',
      tokenUrl: 'https://auth.example.org/token',
      origins: ['https://b.example'],
    },
  ].map((entry) => ({
    ...entry,
    kind: 'client-secret-basic',
    clientId: 'bulkwatch',
    clientSecret: canary,
  })),
};

describe('POST /v1/jobs', () => {
  let api: Api;
  let files: Awaited<ReturnType<typeof withFiles>>;
  beforeAll(async () => {
    files = await withFiles({
      'credentials.json': JSON.stringify(credentials),
      'presets.json': JSON.stringify({
        presets: { slow: { extends: 'generic', deadlineDays: 2 } },
      }),
      'seal-keys': `k1 ${Buffer.alloc(32, 7).toString('base64')}\n`,
    });
    api = await setupApi({
      BULKWATCH_CREDENTIALS_FILE: files.path('credentials.json'),
      BULKWATCH_SEAL_KEYS_FILE: files.path('seal-keys'),
      BULKWATCH_PRESETS_FILE: files.path('presets.json'),
      BULKWATCH_PROVIDER_PRESETS: `${provider}=slow`,
    });
  });
  afterAll(async () => {
    await api.stop();
    await files.remove();
  });

  it('registers with nothing but a status URL', async () => {
    const shown = newStatusUrl();
    const statusUrl = `${shown}?sig=${canary}`;

    const response = await api.post('/v1/jobs').send({ statusUrl }).expect(201);

    const job = response.body as Job;
    expect(response.headers['location']).toBe(`/v1/jobs/${job.id}`);
    expect(response.headers['etag']).toMatch(/^W\/"1-/);
    expect(job).toMatchObject({
      statusUrl: `${shown}?…`,
      provider,
      protocol: 'fhir-bulk',
      preset: null,
      state: 'registered',
      health: 'ok',
      pollCount: 0,
      labels: {},
      manifest: null,
    });
    const read = await api.get(`/v1/jobs/${job.id}`).expect(200);
    expect(read.body).toEqual(job);
    // As the preset of its origin says.
    expect(Date.parse(job.deadlineAt) - Date.parse(job.registeredAt)).toBe(2 * 86_400_000);
  });

  it('keeps everything that a registration can say, and hides the token', async () => {
    const response = await api
      .post('/v1/jobs')
      .send({
        statusUrl: newStatusUrl(),
        protocol: 'fhir-bulk',
        bearerToken: canary,
        retryAfter: '600',
        kickedOffAt: '2026-01-02T03:04:05+01:00',
        deadlineAt: '2100-01-01T00:00:00Z',
        labels: { team: 'cardiology', 'trial/arm': 'a:b' },
        reference: 'nightly 7',
      })
      .expect(201);

    const job = response.body as Job;
    expect(job).toMatchObject({
      kickedOffAt: '2026-01-02T02:04:05.000Z',
      deadlineAt: '2100-01-01T00:00:00.000Z',
      labels: { team: 'cardiology', 'trial/arm': 'a:b' },
      reference: 'nightly 7',
      credential: null,
    });
    const waitMs = Date.parse(job.dueAt ?? '') - Date.parse(job.registeredAt);
    expect(waitMs).toBeGreaterThanOrEqual(600_000);
    expect(waitMs).toBeLessThan(601_000);
  });

  it('takes a configured credential by its name', async () => {
    const response = await api
      .post('/v1/jobs')
      .send({ statusUrl: newStatusUrl(), credential: 'ours' })
      .expect(201);

    expect((response.body as Job).credential).toBe('ours');
  });

  it('takes a preset by its name, and shows it', async () => {
    const response = await api
      .post('/v1/jobs')
      .send({ statusUrl: newStatusUrl(), preset: 'slow' })
      .expect(201);

    const job = response.body as Job;
    expect(job).toMatchObject({ preset: 'slow', protocol: 'fhir-bulk' });
    expect((await api.get(`/v1/jobs/${job.id}`)).body).toEqual(job);
  });

  it('tracks a status URL once while it is open, however it is spelt', async () => {
    const statusUrl = newStatusUrl();
    const first = await api.post('/v1/jobs').send({ statusUrl }).expect(201);
    const { id } = first.body as Job;

    const again = await api
      .post('/v1/jobs')
      .send({ statusUrl: statusUrl.replace(provider, 'HTTPS://EHR.example.org:443') })
      .expect(200);

    expect((again.body as Job).id).toBe(id);
    expect(again.headers['location']).toBe(`/v1/jobs/${id}`);

    await api.delete(`/v1/jobs/${id}`).expect(200);
    const anew = await api.post('/v1/jobs').send({ statusUrl }).expect(201);
    expect((anew.body as Job).id).not.toBe(id);
  });

  it('registers once when many ask at the same time', async () => {
    const statusUrl = newStatusUrl();

    const responses = await Promise.all(
      Array.from({ length: 20 }, () => api.post('/v1/jobs').send({ statusUrl })),
    );

    expect(responses.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(responses.filter(({ status }) => status === 200)).toHaveLength(19);
    expect(new Set(responses.map(({ body }) => (body as Job).id)).size).toBe(1);
  });

  const url = `${provider}/1`;
  const tooLong = 'x'.repeat(10_000);
  const valid = (members: object) => ({ statusUrl: url, ...members });
  it.each<[why: string, body: unknown, reason: string, fields: string[]]>([
    ['an empty object', {}, 'validation-failed', ['/statusUrl']],
    ['an array', [], 'validation-failed', ['']],
    ['a string', '"text"', 'validation-failed', ['']],
    ['null', 'null', 'validation-failed', ['']],
    ['a relative URL', { statusUrl: '/jobs/1' }, 'validation-failed', ['/statusUrl']],
    ['a file URL', { statusUrl: 'file:///etc/passwd' }, 'validation-failed', ['/statusUrl']],
    [
      'user-info',
      { statusUrl: `https://u:${canary}@ehr.example.org/` },
      'validation-failed',
      ['/statusUrl'],
    ],
    ['a long URL', { statusUrl: `${provider}/${tooLong}` }, 'validation-failed', ['/statusUrl']],
    ['a URL with a tab', { statusUrl: `${provider}/\t1` }, 'validation-failed', ['/statusUrl']],
    [
      'an unlisted origin',
      { statusUrl: `https://evil.example/?t=${canary}` },
      'provider-not-allowed',
      ['/statusUrl'],
    ],
    ['http', { statusUrl: 'http://ehr.example.org/1' }, 'provider-not-allowed', ['/statusUrl']],
    [
      'a backslash that hides the host',
      { statusUrl: 'https://evil.example\\@ehr.example.org/' },
      'provider-not-allowed',
      ['/statusUrl'],
    ],
    ['another protocol', valid({ protocol: 'soap' }), 'validation-failed', ['/protocol']],
    [
      'an unknown credential',
      valid({ credential: 'nobody' }),
      'credential-unknown',
      ['/credential'],
    ],
    [
      "somebody else's credential",
      valid({ credential: 'elsewhere' }),
      'credential-not-for-provider',
      ['/credential'],
    ],
    [
      'two ways to authorize',
      valid({ credential: 'ours', bearerToken: canary }),
      'validation-failed',
      ['/bearerToken'],
    ],
    [
      'a token with a line break',
      valid({ bearerToken: `${canary}\r\nX: y` }),
      'validation-failed',
      ['/bearerToken'],
    ],
    ['an unknown preset', valid({ preset: 'slov' }), 'preset-unknown', ['/preset']],
    [
      'a protocol that the preset does not speak',
      valid({ preset: 'slow', protocol: 'status-field' }),
      'validation-failed',
      ['/protocol'],
    ],
    [
      'an unreadable Retry-After',
      valid({ retryAfter: 'soon' }),
      'validation-failed',
      ['/retryAfter'],
    ],
    ['a negative Retry-After', valid({ retryAfter: -1 }), 'validation-failed', ['/retryAfter']],
    [
      'a Retry-After of another type',
      valid({ retryAfter: true }),
      'validation-failed',
      ['/retryAfter'],
    ],
    [
      'a Retry-After beyond the deadline',
      valid({ retryAfter: '99999999999999999999' }),
      'validation-failed',
      ['/retryAfter'],
    ],
    [
      'a deadline that has passed',
      valid({ deadlineAt: '2020-01-01T00:00:00Z' }),
      'validation-failed',
      ['/deadlineAt'],
    ],
    [
      'a day that does not exist',
      valid({ deadlineAt: '2100-02-30T00:00:00Z' }),
      'validation-failed',
      ['/deadlineAt'],
    ],
    [
      'a kick-off still to come',
      valid({ kickedOffAt: '2100-01-01T00:00:00Z' }),
      'validation-failed',
      ['/kickedOffAt'],
    ],
    ['an over-long reference', valid({ reference: tooLong }), 'validation-failed', ['/reference']],
    [
      'labels of the wrong type',
      valid({ labels: { ok: 'yes', bad: 1 } }),
      'validation-failed',
      ['/labels/bad'],
    ],
    [
      'a label name with a slash and a tilde',
      valid({ labels: { 'a/~b': 'x' } }),
      'validation-failed',
      ['/labels/a~1~0b'],
    ],
    [
      'a label called __proto__',
      `{"statusUrl":"${url}","labels":{"__proto__":"x"}}`,
      'validation-failed',
      ['/labels/__proto__'],
    ],
    [
      'a member called __proto__',
      `{"statusUrl":"${url}","__proto__":{"protocol":"soap"}}`,
      'validation-failed',
      ['/__proto__'],
    ],
    [
      'unknown members',
      valid({ statusURL: 'x', constructor: {}, webhooks: {} }),
      'validation-failed',
      ['/statusURL', '/constructor', '/webhooks'],
    ],
    [
      'everything at once',
      {
        statusUrl: 'https://evil.example/',
        protocol: 7,
        credential: 'nobody',
        deadlineAt: '2020-01-01T00:00:00Z',
        color: 'red',
      },
      'validation-failed',
      ['/protocol', '/color', '/statusUrl', '/credential', '/deadlineAt'],
    ],
  ])('refuses %s and names the fields', async (_why, body, reason, fields) => {
    const response = await api
      .post('/v1/jobs')
      .type('application/json')
      .send(typeof body === 'string' ? body : JSON.stringify(body))
      .expect(422);

    const problem = response.body as Problem;
    expect(problem.reason).toBe(reason);
    expect(problem.errors?.map(({ field }) => field).sort()).toEqual([...fields].sort());
  });

  it('stores nothing of what it refuses', async () => {
    const before = await api.get('/v1/jobs?limit=500').expect(200);

    await api
      .post('/v1/jobs')
      .send({ statusUrl: `${provider}/never`, color: 'red' })
      .expect(422);

    expect((await api.get('/v1/jobs?limit=500')).body).toEqual(before.body);
  });

  it('lets no secret reach the log', async () => {
    const statusUrl = `${newStatusUrl()}?sig=${canary}`;

    await api.post('/v1/jobs').send({ statusUrl: newStatusUrl(), bearerToken: canary }).expect(201);
    await api
      .post('/v1/jobs')
      .send({ statusUrl, bearerToken: `${canary} ` })
      .expect(422);
    await api.post(`/v1/jobs?token=${canary}`).send({ statusUrl }).expect(400);

    const log = api.log.join('');
    expect(log).toContain('request answered');
    expect(log).not.toContain(canary);
  });
});

describe('POST /v1/jobs without seal keys', () => {
  it('refuses bearer tokens', async () => {
    const api = await setupApi();
    try {
      const response = await api
        .post('/v1/jobs')
        .send({ statusUrl: newStatusUrl(), bearerToken: canary })
        .expect(422);

      expect(response.body).toMatchObject({
        reason: 'sealing-not-configured',
        errors: [{ field: '/bearerToken' }],
      });
    } finally {
      await api.stop();
    }
  });
});

describe('Idempotency-Key', () => {
  let api: Api;
  beforeAll(async () => {
    api = await setupApi();
  });
  afterAll(() => api.stop());

  it('answers a repeated request with the job it made, even once that is settled', async () => {
    const statusUrl = newStatusUrl();
    const send = (body: string) =>
      api.post('/v1/jobs').set('Idempotency-Key', 'key-1').type('json').send(body);
    const first = await send(`{"statusUrl":"${statusUrl}","labels":{"a":"1","b":"2"}}`).expect(201);
    await api.delete(`/v1/jobs/${(first.body as Job).id}`).expect(200);

    const again = await send(`{ "labels": {"b":"2","a":"1"}, "statusUrl": "${statusUrl}" }`).expect(
      200,
    );

    expect(again.body).toMatchObject({ id: (first.body as Job).id, state: 'cancelled' });
  });

  it('refuses the key with another body', async () => {
    const send = () => api.post('/v1/jobs').set('Idempotency-Key', 'key-2');
    await send().send({ statusUrl: newStatusUrl() }).expect(201);

    const other = await send().send({ statusUrl: newStatusUrl() }).expect(422);

    expect((other.body as Problem).reason).toBe('idempotency-key-reused');
  });

  it.each(['', 'x'.repeat(256), 'two words'])('refuses the key %j', async (key) => {
    const response = await api
      .post('/v1/jobs')
      .set('Idempotency-Key', key)
      .send({ statusUrl: newStatusUrl() })
      .expect(400);

    expect(response.body).toMatchObject({
      reason: 'request-malformed',
      errors: [{ field: 'Idempotency-Key' }],
    });
  });
});
