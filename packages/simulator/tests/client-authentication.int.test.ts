import { randomUUID } from 'node:crypto';
import { demoClient, type Simulator, startSimulator } from '@bulkwatch/simulator';
import { exportJWK, generateKeyPair, type JWTHeaderParameters, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const algorithms = ['RS384', 'ES384', 'ES256'] as const;
type Algorithm = (typeof algorithms)[number];
const pairs = new Map<Algorithm, Awaited<ReturnType<typeof generateKeyPair>>>();
let simulator: Simulator;

beforeAll(async () => {
  const keys = [];
  for (const alg of algorithms) {
    const pair = await generateKeyPair(alg, { extractable: true });
    pairs.set(alg, pair);
    keys.push({ ...(await exportJWK(pair.publicKey)), kid: alg, alg });
  }
  simulator = await startSimulator({ clientJwks: { keys } });
});
afterAll(() => simulator.stop());

const seconds = (fromNow: number) => Math.floor(Date.now() / 1_000) + fromNow;

interface Deviation {
  readonly header?: Partial<JWTHeaderParameters>;
  readonly claims?: Readonly<Record<string, unknown>>;
  readonly alg?: Algorithm;
}

async function assertion({ header, claims, alg = 'ES384' }: Deviation = {}): Promise<string> {
  const key = pairs.get(alg)?.privateKey;
  if (!key) throw new Error('there is no such key');
  return new SignJWT({
    iss: demoClient.id,
    sub: demoClient.id,
    aud: simulator.tokenUrl,
    exp: seconds(200),
    jti: randomUUID(),
    ...claims,
  })
    .setProtectedHeader({ alg, kid: alg, typ: 'JWT', ...header })
    .sign(key);
}

async function statusFor(form: Record<string, string>, headers: Record<string, string> = {}) {
  const body = new URLSearchParams({ grant_type: 'client_credentials', ...form });
  return (await fetch(simulator.tokenUrl, { method: 'POST', body, headers })).status;
}

const statusOf = (client_assertion: string) =>
  statusFor({
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion,
  });

describe('an assertion', () => {
  it.each(['RS384', 'ES384'] as const)('of %s is accepted once', async (alg) => {
    const signed = await assertion({ alg });

    expect(await statusOf(signed)).toBe(200);
    expect(await statusOf(signed)).toBe(401);
    expect(await statusOf(await assertion({ alg }))).toBe(200);
  });

  it.each<[string, Deviation]>([
    ['in another algorithm', { alg: 'ES256' }],
    ['without a kid', { header: { kid: undefined as unknown as string } }],
    ['under the kid of another key', { header: { kid: 'RS384' } }],
    ['of another type', { header: { typ: 'at+jwt' } }],
    ['for another audience', { claims: { aud: 'https://auth.example/token' } }],
    ['of another issuer', { claims: { iss: 'x' } }],
    ['about another subject', { claims: { sub: 'x' } }],
    ['that lives too long', { claims: { exp: seconds(400) } }],
    ['that has expired', { claims: { exp: seconds(-400) } }],
    ['without an end', { claims: { exp: undefined } }],
    ['without a jti', { claims: { jti: undefined } }],
  ])('%s is refused', async (_what, deviation) => {
    expect(await statusOf(await assertion(deviation))).toBe(401);
  });

  it('that is none is refused, and so is one beside a secret', async () => {
    expect(await statusOf('x.y.z')).toBe(401);
    const both = { client_id: demoClient.id, client_secret: demoClient.secret };
    expect(await statusFor({ ...both, client_assertion: await assertion() })).toBe(401);
  });
});

describe('a secret in the body', () => {
  it('is accepted with its id', async () => {
    const { id: client_id, secret: client_secret } = demoClient;

    expect(await statusFor({ client_id, client_secret })).toBe(200);
    expect(await statusFor({ client_id, client_secret: 'guess' })).toBe(401);
    expect(await statusFor({ client_secret })).toBe(401);
    const authorization = `Basic ${Buffer.from(`${client_id}:${client_secret}`).toString('base64')}`;
    expect(await statusFor({ client_id, client_secret }, { authorization })).toBe(401);
  });
});

it('the SMART configuration names the token URL', async () => {
  const response = await fetch(`${simulator.origin}/r4/hospital/.well-known/smart-configuration`);

  expect(await response.json()).toMatchObject({
    token_endpoint: simulator.tokenUrl,
    token_endpoint_auth_signing_alg_values_supported: ['RS384', 'ES384'],
  });
});
