import { type CryptoKey, exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';

export const issuer = 'https://login.example.org';
export const audience = 'bulkwatch';

interface TokenOptions {
  readonly claims?: JWTPayload;
  /** Claims to leave out. */
  readonly without?: readonly string[];
  readonly header?: object;
  readonly key?: CryptoKey | Uint8Array;
}

/** An identity provider: a key pair, its JWKS, and tokens as good or as bad as a test wants them. */
export async function tokenIssuer(kid = 'k1', alg = 'ES256') {
  const { privateKey, publicKey } = await generateKeyPair(alg);
  const jwk = { ...(await exportJWK(publicKey)), kid, alg };
  const jwks = JSON.stringify({ keys: [jwk] });

  const token = ({ claims, without = [], header, key = privateKey }: TokenOptions = {}) => {
    const now = Math.floor(Date.now() / 1000);
    const all: JWTPayload = {
      iss: issuer,
      aud: audience,
      sub: 'loader',
      tenant: 'acme',
      scope: 'openid jobs:read jobs:write',
      iat: now,
      exp: now + 300,
      ...claims,
    };
    const kept = Object.entries(all).filter(([name]) => !without.includes(name));
    return new SignJWT(Object.fromEntries(kept) as JWTPayload)
      .setProtectedHeader({ alg, kid, ...header })
      .sign(key);
  };
  return { token, jwks, jwk };
}
