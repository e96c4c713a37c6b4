import { type Job, type Problem, scopeNames } from '@bulkwatch/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isAllowed } from '../src/auth/principal.js';
import { routeTable } from '../src/route-table.js';
import { type Api, authenticating, newStatusUrl, setupApi } from './harness.js';
import { audience, issuer, tokenIssuer } from './token-issuer.js';
import { withFiles } from './with-files.js';

let api: Api;
let files: Awaited<ReturnType<typeof withFiles>>;
let good: Awaited<ReturnType<typeof tokenIssuer>>;
let stranger: Awaited<ReturnType<typeof tokenIssuer>>;
beforeAll(async () => {
  good = await tokenIssuer();
  stranger = await tokenIssuer();
  files = await withFiles({ 'jwks.json': good.jwks });
  api = await setupApi({
    ...authenticating,
    BULKWATCH_JWT_ISSUER: issuer,
    BULKWATCH_JWT_AUDIENCE: audience,
    BULKWATCH_JWT_JWKS_FILE: files.path('jwks.json'),
  });
});
afterAll(async () => {
  await api.stop();
  await files.remove();
});

const nobody = '01890000-0000-7000-8000-000000000000';
const calls = routeTable.map(({ method, path, scope }) => ({
  method,
  // A stream of events would not end; this one is refused after all that is looked at here.
  path: path === '/v1/events' ? `${path}?type=none` : path.replace(':id', nobody),
  scope,
}));
const reasonOf = (response: { body: unknown }) => (response.body as Problem).reason;

describe('a caller without a key', () => {
  it.each([...calls, { method: 'get', path: '/', scope: 'none' } as const])(
    'gets nowhere: $method $path',
    async ({ method, path }) => {
      const response = await api.any(method, path).expect(401);

      expect(reasonOf(response)).toBe('authentication-missing');
      expect(response.headers['www-authenticate']).toBe('Bearer realm="bulkwatch"');
    },
  );

  it.each(['', 'Basic YTpi', 'Bearer', 'Bearer  ', 'Bearer a b', 'bwk_0123456789abcdef_x'])(
    'is not helped by the header %j',
    async (header) => {
      const response = await api.get('/v1/jobs').set('Authorization', header).expect(401);
      expect(reasonOf(response)).toBe('authentication-missing');
    },
  );
});

describe('an API key', () => {
  it('lets its holder in, and notes that it was used', async () => {
    const text = await api.keyOf('acme', 'jobs:read');
    await api.as(text, 'get', '/v1/jobs').expect(200);

    const { lastUsedAt } = (await api.context.store.apiKeys.find(text.slice(4, 20))) ?? {};
    expect(Date.now() - (lastUsedAt ?? 0)).toBeLessThan(5_000);
  });

  it.each([
    ['garbage', async () => 'garbage'],
    ['a key that never was', async () => `bwk_0123456789abcdef_${'A'.repeat(43)}`],
    ['the id of one key with the secret of another', mixed],
    ['a key with another last digit', async () => changed(await api.keyOf('acme', 'jobs:read'))],
    ['an expired key', expired],
    ['a revoked key', revoked],
  ])('that is %s lets nobody in', async (_what, text) => {
    const response = await api.as(await text(), 'get', '/v1/jobs').expect(401);

    expect(reasonOf(response)).toBe('authentication-invalid');
    expect(response.headers['www-authenticate']).toContain('error="invalid_token"');
  });

  it('leaves its secret in no log line and nowhere in Redis', async () => {
    const text = await api.keyOf('acme', 'jobs:write');
    await api
      .as(text, 'post', '/v1/jobs')
      .send({ statusUrl: newStatusUrl(), reference: 'x' })
      .expect(201);
    await api.as(`${text}A`, 'get', `/v1/jobs?token=${text}`).expect(401);

    expect(api.log.join('')).not.toContain(text.slice(21));
    expect(api.log.join('')).toContain('"cause":"malformed"');
  });

  async function mixed(): Promise<string> {
    const [one, other] = [await api.keyOf('acme', 'admin'), await api.keyOf('globex', 'admin')];
    return one.slice(0, 21) + other.slice(21);
  }
  const changed = (text: string): string => text.slice(0, -1) + (text.endsWith('A') ? 'E' : 'A');
  async function expired(): Promise<string> {
    const key = { tenant: 'acme', name: 'old', scopes: ['admin'], expiresAt: Date.now() } as const;
    return (await api.context.store.apiKeys.create(key)).text.reveal();
  }
  async function revoked(): Promise<string> {
    const text = await api.keyOf('acme', 'admin');
    await api.context.store.apiKeys.revoke(text.slice(4, 20));
    return text;
  }
});

describe.each(scopeNames)('the scope %s', (held) => {
  let text: string;
  beforeAll(async () => {
    text = await api.keyOf('default', held);
  });

  it.each(calls)('is judged for $method $path', async ({ method, path, scope }) => {
    const response = await api.as(text, method, path);

    if (isAllowed({ scopes: [held] }, scope)) {
      expect([401, 403]).not.toContain(response.status);
      return;
    }
    expect(response.status).toBe(403);
    expect(reasonOf(response)).toBe('scope-missing');
    expect(response.headers['www-authenticate']).toContain(`scope="${scope}"`);
  });
});

describe('a token', () => {
  it('lets its bearer in as the tenant that it names', async () => {
    const token = await good.token();
    const response = await api
      .as(token, 'post', '/v1/jobs')
      .send({ statusUrl: newStatusUrl() })
      .expect(201);
    const { id } = response.body as Job;

    await api.as(token, 'get', `/v1/jobs/${id}`).expect(200);
    await api.as(await api.keyOf('acme', 'jobs:read'), 'get', `/v1/jobs/${id}`).expect(200);
    const other = await good.token({ claims: { tenant: 'globex' } });
    await api.as(other, 'get', `/v1/jobs/${id}`).expect(404);
  });

  it('has the scopes that it lists, as words or as a list, and no other', async () => {
    const listed = await good.token({ claims: { scope: ['jobs:read', 7] } });
    await api.as(listed, 'get', '/v1/jobs').expect(200);
    await api.as(listed, 'delete', `/v1/jobs/${nobody}`).expect(403);
    await api.as(await good.token({ without: ['scope'] }), 'get', '/v1/jobs').expect(403);
  });

  it.each([undefined, 'JWT', 'jwt', 'application/jwt', 'at+jwt', 'application/at+JWT'])(
    'of the type %j lets its bearer in',
    async (typ) => {
      await api.as(await good.token({ header: { typ } }), 'get', '/v1/jobs').expect(200);
    },
  );

  it.each(['logout+jwt', 'dpop+jwt', 'secevent+jwt', 'JOSE', '', 'at+jwt;a=b', 7, null])(
    'of the type %j lets nobody in',
    async (typ) => {
      const response = await api.as(await good.token({ header: { typ } }), 'get', '/v1/jobs');

      expect(response.status).toBe(401);
      expect(reasonOf(response)).toBe('authentication-invalid');
    },
  );

  const past = Math.floor(Date.now() / 1000) - 120;
  it.each<[what: string, token: () => Promise<string>]>([
    ['of another issuer', () => good.token({ claims: { iss: 'https://evil.example' } })],
    ['for another audience', () => good.token({ claims: { aud: 'payroll' } })],
    ['that has expired', () => good.token({ claims: { exp: past } })],
    ['that is not valid yet', () => good.token({ claims: { nbf: past + 600 } })],
    ['without an end', () => good.token({ without: ['exp'] })],
    ['without a subject', () => good.token({ without: ['sub'] })],
    ['without a tenant', () => good.token({ without: ['tenant'] })],
    ['with a tenant that is a list', () => good.token({ claims: { tenant: ['acme'] } })],
    ['with a tenant that would be another key', () => good.token({ claims: { tenant: 'a:b' } })],
    ['with a tenant that is a pattern', () => good.token({ claims: { tenant: '*' } })],
    ['signed by a stranger', () => stranger.token()],
    ['with a key id that is not known', () => good.token({ header: { kid: 'k2' } })],
    ['without a signature', unsigned],
    ['whose signature is by the public key as a secret', symmetric],
    ['that was changed', async () => tampered(await good.token())],
    ['that is half a token', async () => (await good.token()).slice(0, 60)],
  ])('%s lets nobody in', async (_what, token) => {
    const response = await api.as(await token(), 'get', '/v1/jobs').expect(401);
    expect(reasonOf(response)).toBe('authentication-invalid');
  });

  async function unsigned(): Promise<string> {
    const [, payload] = (await good.token()).split('.');
    const header = Buffer.from('{"alg":"none","kid":"k1"}').toString('base64url');
    return `${header}.${payload}.`;
  }
  function symmetric(): Promise<string> {
    return good.token({ header: { alg: 'HS256' }, key: Buffer.from(good.jwks) });
  }
  function tampered(token: string): string {
    const [header, payload = '', signature] = token.split('.');
    const claims = Buffer.from(payload, 'base64url').toString().replace('acme', 'evil');
    return [header, Buffer.from(claims).toString('base64url'), signature].join('.');
  }
});

describe('without an issuer', () => {
  it('tokens are refused, keys are taken, and the metric tells of both', async () => {
    const plain = await setupApi(authenticating);
    try {
      await plain.as(await good.token(), 'get', '/v1/jobs').expect(401);
      await plain.as(await plain.keyOf('acme', 'admin'), 'get', '/v1/jobs').expect(200);

      const exposed = await plain.context.metrics.registry.metrics();
      expect(exposed).toContain('bulkwatch_api_refusals_total{cause="malformed"} 1');
    } finally {
      await plain.stop();
    }
  });
});

describe('without authentication', () => {
  let open: Api;
  beforeAll(async () => {
    open = await setupApi();
  });
  afterAll(() => open.stop());

  it('everybody is the default tenant', async () => {
    const id = await open.register();
    const key = await open.keyOf('default', 'jobs:read');
    expect((await open.as(key, 'get', `/v1/jobs/${id}`).expect(200)).body).toMatchObject({ id });
  });

  it.each(['evil.example', 'evil.example:8080', '127.0.0.1.evil.example', ''])(
    'a page that was led here under the name %j is not let in',
    async (host) => {
      await open.get('/v1/jobs').set('Host', host).expect(401);
    },
  );

  it.each(['Forwarded', 'Via', 'X-Forwarded-For', 'X-Forwarded-Host', 'X-Forwarded-Proto'])(
    'what came by way of a proxy, as %s tells, is not let in',
    async (name) => {
      const response = await open.get('/v1/jobs').set(name, '').expect(403);
      expect(reasonOf(response)).toBe('proxied-without-authentication');
      await open.post('/v1/jobs').set(name, 'for=203.0.113.7').send({}).expect(403);
    },
  );

  it.each(['localhost', 'LOCALHOST:1', '127.0.0.1', '[::1]:8080'])(
    'this machine is let in as %s',
    async (host) => {
      await open.get('/v1/jobs').set('Host', host).expect(200);
    },
  );
});
