import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ConfigurationError } from './configuration-error.js';
import { loadCredentialBook } from './credential-book.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'credential-kinds-'));
});
afterAll(() => rm(folder, { recursive: true }));

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const p384 = generateKeyPairSync('ec', { namedCurve: 'P-384' });

const pem = (key: KeyObject, type: 'pkcs8' | 'pkcs1' | 'sec1' = 'pkcs8') =>
  key.export({ type, format: 'pem' }).toString();
const jwk = (key: KeyObject, extra: object = {}) =>
  JSON.stringify({ ...key.export({ format: 'jwk' }), ...extra });

const binding = { name: 'a', origins: ['https://ehr.example'] };
const client = {
  ...binding,
  tokenUrl: 'https://auth.example/token',
  clientId: 'client-1',
  scope: 'system/*.rs',
};
const backend = { ...client, kind: 'smart-backend', privateKeyFile: 'key', kid: 'k1' };

const env = {
  TOKEN: 'of-a-variable',
  TWO_WORDS: 'two words',
  SECRET: 'of-a-variable\n',
  EMPTY: '',
  KEY: pem(p384.privateKey),
};

async function load(entry: object, files: Record<string, string> = {}) {
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  const file = join(folder, 'credentials.json');
  await writeFile(file, JSON.stringify({ credentials: [entry] }));
  const book = await loadCredentialBook(file, { allowHttp: false, env });
  return book.find('a', 'default');
}

async function problemsOf(entry: object, files?: Record<string, string>) {
  const error = await load(entry, files).catch((thrown: unknown) => thrown);
  if (!(error instanceof ConfigurationError)) throw new Error('it was accepted', { cause: error });
  return Object.fromEntries(
    error.problems.map(({ where, message }) => [where.replace('/credentials/0', ''), message]),
  );
}

describe('a smart-backend credential', () => {
  test.each([
    ['an RSA key in PKCS #8', () => pem(rsa.privateKey), 'RSASSA-PKCS1-v1_5'],
    ['an RSA key in PKCS #1', () => pem(rsa.privateKey, 'pkcs1'), 'RSASSA-PKCS1-v1_5'],
    ['an RSA key as a JWK', () => jwk(rsa.privateKey), 'RSASSA-PKCS1-v1_5'],
    ['a P-384 key in PKCS #8', () => pem(p384.privateKey), 'ECDSA'],
    ['a P-384 key in SEC 1', () => pem(p384.privateKey, 'sec1'), 'ECDSA'],
    ['a P-384 key as a JWK', () => jwk(p384.privateKey), 'ECDSA'],
  ])('takes %s', async (_name, key, algorithm) => {
    const found = await load(backend, { key: key() });

    expect(found).toMatchObject({
      signingKey: { kid: 'k1', key: { algorithm: { name: algorithm }, extractable: false } },
    });
    expect(inspect(found, { depth: 9 })).not.toContain('PRIVATE');
  });

  test('takes the kid of a JWK where it names none', async () => {
    const { kid: _, ...nameless } = backend;
    const key = jwk(rsa.privateKey, { kid: 'of-the-jwk' });

    expect(await load(nameless, { key })).toMatchObject({ signingKey: { kid: 'of-the-jwk' } });
    expect(await problemsOf(nameless, { key: jwk(rsa.privateKey) })).toEqual({
      '/kid': 'is required, here or in the JWK',
    });
  });

  const small = () => pem(generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey);
  const p256 = () => pem(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey);
  test.each([
    [
      'a public key',
      () => jwk(rsa.publicKey),
      'holds no private key, in PEM (PKCS #8) or as a JWK',
    ],
    ['rubbish', () => '{"kty"', 'holds no private key, in PEM (PKCS #8) or as a JWK'],
    ['an RSA key that is too small', small, 'must be an RSA key of 2048 bits or a P-384 key'],
    ['a key of another curve', p256, 'must be an RSA key of 2048 bits or a P-384 key'],
  ])('refuses %s', async (_name, key, message) => {
    expect(await problemsOf(backend, { key: key() })).toEqual({ '/privateKeyFile': message });
  });

  test('takes a key out of a variable, and tells of one by its member', async () => {
    const { privateKeyFile: _, ...keyless } = backend;

    expect(await load({ ...keyless, privateKeyEnv: 'KEY' })).toMatchObject({
      signingKey: { kid: 'k1', key: { algorithm: { name: 'ECDSA' } } },
    });
    expect(await problemsOf({ ...keyless, privateKeyEnv: 'TOKEN' })).toEqual({
      '/privateKeyEnv': 'holds no private key, in PEM (PKCS #8) or as a JWK',
    });
    expect(await problemsOf(keyless)).toEqual({
      '/privateKeyFile': 'give exactly one of privateKeyFile, privateKeyEnv',
    });
  });

  test('needs a scope and one place for tokens', async () => {
    const { scope: _scope, tokenUrl: _tokenUrl, ...rest } = backend;

    expect(await problemsOf({ ...rest, tokenOrigins: ['https://auth.example'] })).toEqual({
      '/scope': expect.any(String),
      '/tokenUrl': 'give exactly one of tokenUrl, fhirBaseUrl',
      '/tokenOrigins': 'goes with fhirBaseUrl only',
    });
    expect(await problemsOf({ ...backend, fhirBaseUrl: 'https://ehr.example/r4?x' })).toEqual({
      '/tokenUrl': 'give exactly one of tokenUrl, fhirBaseUrl',
      '/fhirBaseUrl': 'must not carry a query',
    });
  });
});

describe('a static-bearer credential', () => {
  test('takes its token, or one of a file or a variable', async () => {
    const kind = 'static-bearer';

    const given = await load({ ...binding, kind, token: 'abc' });
    const read = await load({ ...binding, kind, tokenFile: 'token' }, { token: 'def\n' });
    const fromEnv = await load({ ...binding, kind, tokenEnv: 'TOKEN' });

    const all = [given, read, fromEnv];
    expect(all.map((one) => one?.kind === kind && one.token.reveal())).toEqual([
      'abc',
      'def',
      'of-a-variable',
    ]);
    expect(inspect(all)).not.toMatch(/abc|def|of-a-variable/);
  });

  test('refuses what cannot stand in a header', async () => {
    const kind = 'static-bearer';

    expect(await problemsOf({ ...binding, kind, token: 'two words' })).toEqual({
      '/token': 'is no token',
    });
    expect(await problemsOf({ ...binding, kind, tokenFile: 'token' }, { token: 'a\nb\n' })).toEqual(
      {
        '/tokenFile': 'is no token',
      },
    );
    expect(await problemsOf({ ...binding, kind, tokenEnv: 'TWO_WORDS' })).toEqual({
      '/tokenEnv': 'is no token',
    });
    expect(await problemsOf({ ...binding, kind })).toEqual({
      '/token': 'give exactly one of token, tokenFile, tokenEnv',
    });
  });
});

describe('a credential with tls', () => {
  const kind = 'none';

  test('names an authority, and a certificate with its key', async () => {
    expect(await problemsOf({ ...binding, kind, tls: { certFile: 'cert' } })).toEqual({
      '/tls/certFile': 'a certificate goes with its key',
    });
    const files = { ca: 'rubbish', cert: 'rubbish', key: pem(p384.privateKey) };
    expect(await problemsOf({ ...binding, kind, tls: { caFile: 'ca' } }, files)).toEqual({
      '/tls': 'cannot be used (ERR_OSSL_PEM_NO_START_LINE)',
    });
    const own = { certFile: 'cert', keyFile: 'key' };
    expect(await problemsOf({ ...binding, kind, tls: own }, files)).toEqual({
      '/tls': 'cannot be used (ERR_OSSL_PEM_NO_START_LINE)',
    });
    expect(await problemsOf({ ...binding, kind, tls: { caFile: 'absent' } })).toEqual({
      '/tls/caFile': 'cannot be read (ENOENT)',
    });
    expect(await problemsOf({ ...binding, kind, tls: { caEnv: 'TOKEN' } })).toEqual({
      '/tls': 'cannot be used (ERR_OSSL_PEM_NO_START_LINE)',
    });
    const twice = { caFile: 'ca', caEnv: 'CA', certEnv: 'CERT', keyFile: 'key', keyEnv: 'KEY' };
    expect(await problemsOf({ ...binding, kind, tls: twice })).toEqual({
      '/tls/caFile': 'give only one of caFile, caEnv',
      '/tls/keyFile': 'give only one of keyFile, keyEnv',
    });
  });
});

describe('a secret in a variable', () => {
  const post = { ...client, kind: 'client-secret-post' };

  test('is taken less its last newline', async () => {
    const found = await load({ ...post, clientSecretEnv: 'SECRET' });

    expect(found && 'clientSecret' in found && found.clientSecret.reveal()).toBe('of-a-variable');
  });

  test('is missed by the name of the variable, of the member and of the credential', async () => {
    const tls = { caEnv: 'NO_CA', certEnv: 'EMPTY', keyEnv: 'KEY' };
    expect(await problemsOf({ ...post, clientSecretEnv: 'NO_SECRET', tls })).toEqual({
      '/clientSecretEnv': 'the variable NO_SECRET of the credential a is not set',
      '/tls/caEnv': 'the variable NO_CA of the credential a is not set',
      '/tls/certEnv': 'the variable EMPTY of the credential a is empty',
    });
  });

  test.each(['s3cr3t', 'A-B', '1A', '', 'BULKWATCH_REDIS_URL'])(
    'is not looked for under %j, which is not repeated',
    async (clientSecretEnv) => {
      expect(await problemsOf({ ...post, clientSecretEnv })).toEqual({
        '/clientSecretEnv':
          'must be the name of an environment variable: capitals, digits and _, without BULKWATCH_ in front',
      });
    },
  );

  test('is not given in two ways', async () => {
    const given = { clientSecret: 's', clientSecretFile: 'f', clientSecretEnv: 'SECRET' };
    const message = 'give exactly one of clientSecret, clientSecretFile, clientSecretEnv';

    const { clientSecret: _, ...twice } = given;
    expect(await problemsOf({ ...post, ...given })).toEqual({ '/clientSecret': message });
    expect(await problemsOf({ ...post, ...twice })).toEqual({ '/clientSecret': message });
  });
});

test('another configuration has another fingerprint, and the same has the same', async () => {
  const post = { ...client, kind: 'client-secret-post', clientSecretFile: 'secret' };
  const entries: [entry: object, secret: string][] = [
    [post, 'one'],
    [post, 'one\n'],
    [post, 'two'],
    [{ ...post, scope: 'system/Patient.rs' }, 'one'],
    [{ ...post, origins: ['https://other.example'] }, 'one'],
  ];

  const prints = [];
  for (const [entry, secret] of entries) prints.push((await load(entry, { secret }))?.fingerprint);

  expect(prints[0]).toBe(prints[1]);
  expect(new Set(prints).size).toBe(4);
});

test('the members of one kind are not known to another', async () => {
  const secret = { clientSecret: 's' };
  expect(await problemsOf({ ...binding, kind: 'none', ...secret })).toEqual({
    '/clientSecret': 'is not known',
  });
  expect(
    await problemsOf({ ...client, kind: 'client-secret-basic', ...secret, tenants: ['a b'] }),
  ).toEqual({ '/tenants/0': 'must be the name of a tenant' });
});
