import { createSign, generateKeyPairSync, randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Canary, newSecret } from '@bulkwatch/testkit';

/** Client secrets hold what has to be encoded wherever they go. */
const clientSecret = (): string => `${newSecret()}/+=%& `.trim();

/** Everything secret that the run is given, made anew for each run. */
export function plantSecrets() {
  const pem = generateKeyPairSync('rsa', { modulusLength: 2048 })
    .privateKey.export({ type: 'pkcs8', format: 'pem' })
    .toString();
  const jwk = generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey.export({
    format: 'jwk',
  });
  const issuer = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return {
    basicSecret: clientSecret(),
    postSecret: clientSecret(),
    hopelessSecret: clientSecret(),
    staticToken: newSecret(),
    submittedToken: newSecret(),
    replacementToken: newSecret(),
    misplaced: newSecret(),
    misplacedName: newSecret(),
    urlToken: newSecret(),
    userInfo: newSecret(),
    idempotencyKey: newSecret(),
    redisPassword: newSecret(),
    wrongPassword: newSecret(),
    proxyPassword: newSecret(),
    sealKey: randomBytes(32).toString('base64'),
    laterSealKey: randomBytes(32).toString('base64'),
    pem,
    jwk,
    jwt: signJwt(issuer.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()),
    jwks: { keys: [{ ...issuer.publicKey.export({ format: 'jwk' }), kid: 'k', alg: 'RS256' }] },
  };
}
export type Planted = ReturnType<typeof plantSecrets>;

export const jwtIssuer = 'https://login.example.org';
export const jwtAudience = 'canary';

/** A token that the api takes, of the tenant `default`. */
function signJwt(privateKey: string): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const endsAt = Math.floor(Date.now() / 1000) + 3_600;
  const claims = { iss: jwtIssuer, aud: jwtAudience, sub: 'canary', exp: endsAt };
  const head = `${part({ alg: 'RS256', kid: 'k' })}.${part({
    ...claims,
    tenant: 'default',
    scope: 'jobs:read jobs:write',
  })}`;
  return `${head}.${createSign('sha256').update(head).sign(privateKey, 'base64url')}`;
}

/** The planted secrets as they are looked for; of keys and signed texts the parts that are theirs alone. */
export function canariesOf(planted: Planted): Canary[] {
  const { pem, jwk, jwt, jwks: _public, ...texts } = planted;
  const pemLines = pem.split('\n').slice(1, -2);
  const basic = (id: string, secret: string): string =>
    Buffer.from(`${id}:${secret}`)
      .toString('base64')
      .slice(Math.ceil((id.length + 1) / 3) * 4);
  return [
    ...Object.entries(texts).map(([name, value]) => ({ name, value })),
    { name: 'pem, first line', value: pemLines[0]?.slice(40) ?? '' },
    { name: 'pem, a line within', value: pemLines[9] ?? '' },
    { name: 'jwk', value: jwk.d ?? '' },
    { name: 'jwt', value: jwt.split('.')[2] ?? '' },
    { name: 'basic authorization', value: basic('basic', planted.basicSecret) },
  ];
}

/** The settings that name these secrets, most of them by files that are written into the folder. */
export async function writeSettings(
  planted: Planted,
  { folder, origin }: { folder: string; origin: string },
): Promise<Record<string, string>> {
  const file = async (name: string, text: string): Promise<string> => {
    await writeFile(join(folder, name), text);
    return join(folder, name);
  };
  await file('post.secret', planted.postSecret);
  await file('key.pem', planted.pem);
  await file('key.jwk', JSON.stringify({ ...planted.jwk, kid: 'jwk' }));
  await file('static.token', `${planted.staticToken}\n`);
  return {
    BULKWATCH_PROVIDER_ORIGINS: origin,
    BULKWATCH_CREDENTIALS_FILE: await file('credentials.json', credentialsText(planted, origin)),
    BULKWATCH_SEAL_KEYS_FILE: await file('seal-keys', `k1 ${planted.sealKey}\n`),
    BULKWATCH_JWT_ISSUER: jwtIssuer,
    BULKWATCH_JWT_AUDIENCE: jwtAudience,
    BULKWATCH_JWT_JWKS_FILE: await file('jwks.json', JSON.stringify(planted.jwks)),
  };
}

/** The names of the credentials, each of another kind. */
export const credentialNames = ['basic', 'post', 'pem', 'jwk', 'static', 'hopeless'] as const;

function credentialsText(planted: Planted, origin: string): string {
  const client = (name: string) => ({
    name,
    tokenUrl: `${origin}/token/${name}`,
    clientId: name,
    origins: [origin],
  });
  const secret = { kind: 'client-secret-basic' };
  const signed = { kind: 'smart-backend', scope: 'system/*.rs' };
  return JSON.stringify({
    credentials: [
      { ...client('basic'), ...secret, clientSecret: planted.basicSecret },
      { ...client('hopeless'), ...secret, clientSecret: planted.hopelessSecret },
      { ...client('post'), kind: 'client-secret-post', clientSecretFile: 'post.secret' },
      { ...client('pem'), ...signed, privateKeyFile: 'key.pem', kid: 'pem' },
      { ...client('jwk'), ...signed, privateKeyFile: 'key.jwk' },
      { name: 'static', kind: 'static-bearer', tokenFile: 'static.token', origins: [origin] },
    ],
  });
}
