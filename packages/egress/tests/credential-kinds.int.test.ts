import { generateKeyPairSync } from 'node:crypto';
import { Secret } from '@bulkwatch/runtime';
import { demoClient, type SimulatorOptions, startSimulator } from '@bulkwatch/simulator';
import { decodeJwt } from 'jose';
import { afterEach, describe, expect, test } from 'vitest';
import { readSigningKey } from '../src/credential-signing-key.js';
import type { Credential } from '../src/index.js';
import { httpServer, movableClock, openEgress, poll } from './setup.js';

let stop: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of stop) await close();
  stop = [];
});

const keys = {
  RS384: generateKeyPairSync('rsa', { modulusLength: 2048 }),
  ES384: generateKeyPairSync('ec', { namedCurve: 'P-384' }),
};
type Algorithm = keyof typeof keys;

async function signingKey(algorithm: Algorithm) {
  const pem = keys[algorithm].privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const read = await readSigningKey(pem, algorithm.toLowerCase());
  if ('fault' in read) throw new Error(read.message);
  return read;
}

/** The public halves, as a client registers them. */
const clientJwks = {
  keys: Object.entries(keys).map(([algorithm, { publicKey }]) => ({
    ...publicKey.export({ format: 'jwk' }),
    kty: algorithm === 'RS384' ? 'RSA' : 'EC',
    kid: algorithm.toLowerCase(),
    alg: algorithm,
  })),
};

async function simulatorWith(options: SimulatorOptions = {}) {
  const simulator = await startSimulator({ clientJwks, ...options });
  stop.push(() => simulator.stop());
  return simulator;
}

const binding = (origin: string) => ({ name: 'north', origins: [origin], fingerprint: 'first' });
const authorization = { kind: 'credential', name: 'north' } as const;

/** Credentials of every kind that gets tokens, for one token endpoint. */
const clients = {
  'client-secret-basic': async () => ({
    kind: 'client-secret-basic' as const,
    clientSecret: new Secret(demoClient.secret),
  }),
  'client-secret-post': async () => ({
    kind: 'client-secret-post' as const,
    clientSecret: new Secret(demoClient.secret),
  }),
  'smart-backend with RS384': async () => ({
    kind: 'smart-backend' as const,
    signingKey: await signingKey('RS384'),
  }),
  'smart-backend with ES384': async () => ({
    kind: 'smart-backend' as const,
    signingKey: await signingKey('ES384'),
  }),
};
const kinds = Object.keys(clients) as (keyof typeof clients)[];

const clientOf = async (kind: keyof typeof clients, origin: string, tokenUrl: string) =>
  ({
    ...binding(origin),
    ...(await clients[kind]()),
    tokenUrl,
    clientId: demoClient.id,
    scope: 'system/*.read',
  }) satisfies Credential;

describe.each(kinds)('%s', (kind) => {
  test('gets a token that the provider takes', async () => {
    const simulator = await simulatorWith();
    const { statusUrl } = simulator.createExport();
    const held = [await clientOf(kind, simulator.origin, simulator.tokenUrl)];
    const egress = openEgress({ origins: [simulator.origin], held });

    const outcome = await poll(egress, statusUrl, {
      authorization,
      request: { headers: { Accept: 'application/fhir+json' } },
    });

    expect(outcome).toMatchObject({ kind: 'answered', response: { status: 202 } });
    expect(simulator.record.tokenRequests).toMatchObject([{ status: 200 }]);
  });

  test('sends its token to its own origins only', async () => {
    const simulator = await simulatorWith();
    const home = await httpServer((_request, response) => void response.writeHead(202).end());
    const other = await httpServer((_request, response) => void response.writeHead(202).end());
    const held = [await clientOf(kind, home.origin, simulator.tokenUrl)];
    const egress = openEgress({ origins: [home.origin, other.origin], held });

    await poll(egress, `${home.origin}/7`, { authorization });
    await poll(egress, `${other.origin}/page-2`, { authorization, home: home.origin });

    expect(home.requests[0]?.headers.authorization).toMatch(/^Bearer /);
    expect(other.requests[0]?.headers.authorization).toBeUndefined();
  });
});

describe('client-secret-post', () => {
  test('sends id and secret in the body, and no Authorization', async () => {
    const tokens = await httpServer((_request, response) => void response.writeHead(500).end());
    const held = [await clientOf('client-secret-post', tokens.origin, `${tokens.origin}/token`)];
    await poll(openEgress({ origins: [tokens.origin], held }), tokens.origin, { authorization });

    const [request] = tokens.requests;
    expect(request?.headers.authorization).toBeUndefined();
    expect(Object.fromEntries(new URLSearchParams(request?.body))).toEqual({
      client_id: demoClient.id,
      client_secret: demoClient.secret,
      grant_type: 'client_credentials',
      scope: 'system/*.read',
    });
  });
});

describe('smart-backend', () => {
  /** A token endpoint that is never content, and what it was sent. */
  async function assertionsSent(count: number) {
    const tokens = await httpServer((_request, response) => void response.writeHead(503).end());
    const clock = movableClock();
    const held = [
      await clientOf('smart-backend with ES384', tokens.origin, `${tokens.origin}/token?a=b`),
    ];
    const egress = openEgress({ origins: [tokens.origin], held, clock });
    for (let sent = 0; sent < count; sent += 1) {
      await poll(egress, tokens.origin, { authorization });
      clock.advance(61_000);
    }
    const forms = tokens.requests.map(({ body }) => new URLSearchParams(body));
    return { tokens, claims: forms.map((form) => decodeJwt(form.get('client_assertion') ?? '')) };
  }

  test('claims what SMART asks for, and nothing else', async () => {
    const { tokens, claims } = await assertionsSent(1);
    const [claim] = claims;

    expect(claim).toEqual({
      iss: demoClient.id,
      sub: demoClient.id,
      aud: `${tokens.origin}/token?a=b`,
      exp: expect.any(Number) as number,
      jti: expect.stringMatching(/^[\w-]{20,}$/) as string,
    });
    const lifeSeconds = (claim?.exp ?? 0) - Date.now() / 1_000;
    expect(lifeSeconds).toBeGreaterThan(60);
    expect(lifeSeconds).toBeLessThan(300);
  });

  test('signs another assertion each time it tries again', async () => {
    const { claims } = await assertionsSent(3);

    expect(new Set(claims.map(({ jti }) => jti)).size).toBe(3);
  });

  test.each([
    ['is not known to the provider', { clientJwks: { keys: [] } }],
    ['belongs to another client', { clientId: 'somebody-else' }],
  ])('is refused where its key %s', async (_name, options) => {
    const simulator = await simulatorWith(options);
    const held = [await clientOf('smart-backend with RS384', simulator.origin, simulator.tokenUrl)];
    const outcome = await poll(
      openEgress({ origins: [simulator.origin], held }),
      simulator.origin,
      {
        authorization,
      },
    );

    expect(outcome).toMatchObject({
      failure: { reason: 'token-refused', detail: 'invalid_client' },
    });
  });
});

describe('discovery', () => {
  /** A FHIR server whose document says that, and a simulator whose tokens it takes. */
  async function discovering(document: (tokenUrl: string) => object, isListed = false) {
    const simulator = await simulatorWith();
    const server = await httpServer(({ path }, response) => {
      if (!path.includes('.well-known')) return void response.writeHead(202).end();
      return void response.end(JSON.stringify(document(simulator.tokenUrl)));
    });
    const clock = movableClock();
    const { tokenUrl: _, ...client } = await clientOf(
      'smart-backend with RS384',
      server.origin,
      '',
    );
    const place = {
      fhirBaseUrl: `${server.origin}/r4/`,
      tokenOrigins: isListed ? [simulator.origin] : [],
    };
    const egress = openEgress({
      origins: [server.origin, simulator.origin],
      held: [{ ...client, ...place }],
      clock,
    });
    const ask = () => poll(egress, `${server.origin}/jobs/1`, { authorization });
    const discoveries = () => server.requests.filter(({ path }) => path.includes('.well-known'));
    return { simulator, clock, ask, discoveries };
  }

  test('finds the token URL below the base URL, and remembers it for an hour', async () => {
    const { simulator, clock, ask, discoveries } = await discovering(
      (tokenUrl) => ({ token_endpoint: tokenUrl, capabilities: ['none'] }),
      true,
    );

    for (const advanceMs of [0, 1_000_000, 1_000_000, 2_000_000]) {
      clock.advance(advanceMs);
      expect(await ask()).toMatchObject({ kind: 'answered', response: { status: 202 } });
    }

    expect(discoveries().map(({ path, headers }) => [path, headers.authorization])).toEqual([
      ['/r4/.well-known/smart-configuration', undefined],
      ['/r4/.well-known/smart-configuration', undefined],
    ]);
    const tokens = simulator.record.tokenRequests.map(({ status }) => status);
    expect(tokens).toEqual([200, 200, 200, 200]);
  });

  test('of a token URL elsewhere is not believed', async () => {
    const { simulator, ask } = await discovering((tokenUrl) => ({ token_endpoint: tokenUrl }));

    expect(await ask()).toMatchObject({
      failure: { reason: 'token-refused', detail: 'discovery: token-endpoint-not-allowed' },
    });
    expect(simulator.record.tokenRequests).toEqual([]);
  });

  test.each<[string, object]>([
    ['nothing', {}],
    ['no text', { token_endpoint: 7 }],
    ['a path', { token_endpoint: '/token' }],
    ['user-info', { token_endpoint: 'https://u:p@auth.example/token' }],
  ])('of %s is told', async (_name, document) => {
    const { ask, discoveries } = await discovering(() => document);

    expect(await ask()).toMatchObject({
      failure: { reason: 'token-refused', detail: 'discovery: no-token-endpoint' },
    });
    await ask();
    expect(discoveries()).toHaveLength(1);
  });

  test('works with the simulator, of which the document tells the truth', async () => {
    const simulator = await simulatorWith();
    const { tokenUrl: _, ...client } = await clientOf('client-secret-post', simulator.origin, '');
    const place = { fhirBaseUrl: `${simulator.origin}/r4/hospital`, tokenOrigins: [] };
    const { statusUrl } = simulator.createExport();
    const egress = openEgress({ origins: [simulator.origin], held: [{ ...client, ...place }] });

    expect(await poll(egress, statusUrl, { authorization })).toMatchObject({ kind: 'answered' });
    expect(simulator.record.tokenRequests).toMatchObject([{ status: 200 }]);
  });
});

describe('kinds that get no token', () => {
  const heldToken = new Secret('held-token');

  test.each([
    ['static-bearer', { kind: 'static-bearer', token: heldToken }, 'Bearer held-token'],
    ['none', { kind: 'none' }, undefined],
  ] as const)('%s sends what it has, to its own origins only', async (_name, kind, sent) => {
    const home = await httpServer((_request, response) => void response.writeHead(401).end());
    const other = await httpServer((_request, response) => void response.writeHead(202).end());
    const egress = openEgress({
      origins: [home.origin, other.origin],
      held: [{ ...binding(home.origin), ...kind }],
    });

    const outcome = await poll(egress, `${home.origin}/7`, { authorization });
    await poll(egress, `${other.origin}/page-2`, { authorization, home: home.origin });

    // There is no other to be had.
    expect(outcome).toMatchObject({ kind: 'answered', response: { status: 401 } });
    expect(home.requests.map(({ headers }) => headers.authorization)).toEqual([sent]);
    expect(other.requests[0]?.headers.authorization).toBeUndefined();
  });
});

test('a credential of other tenants is as missing as an unknown one', async () => {
  const server = await httpServer((_request, response) => void response.writeHead(202).end());
  const token = new Secret('held-token');
  const held = [
    { ...binding(server.origin), kind: 'static-bearer' as const, token, tenants: ['acme'] },
  ];
  const egress = openEgress({ origins: [server.origin], held });

  const outcomes = [
    await poll(egress, server.origin, { authorization }),
    await poll(egress, server.origin, { authorization, tenant: 'acme' }),
  ];

  expect(outcomes).toMatchObject([
    { kind: 'failed', failure: { reason: 'credential-missing' } },
    { kind: 'answered' },
  ]);
  expect(server.requests).toHaveLength(1);
});
