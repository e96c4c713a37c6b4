import { readFile } from 'node:fs/promises';
import { ConfigurationError } from '@bulkwatch/egress';
import type { Settings } from '@bulkwatch/runtime';
import {
  createLocalJWKSet,
  createRemoteJWKSet,
  type JSONWebKeySet,
  type JWTVerifyGetKey,
} from 'jose';

type KeySetSettings = Pick<Settings, 'jwtJwksUrl' | 'jwtJwksFile'>;

/**
 * The issuer's public keys (JWKS, RFC 7517), out of the file or from the URL that the settings name. Those of the URL
 * are fetched when a token comes, kept for ten minutes, and fetched again for a key id that is new.
 *
 * @throws ConfigurationError when the file cannot be read or holds no keys.
 */
export async function loadKeySet({
  jwtJwksUrl,
  jwtJwksFile,
}: KeySetSettings): Promise<JWTVerifyGetKey | undefined> {
  if (jwtJwksUrl !== undefined)
    return createRemoteJWKSet(new URL(jwtJwksUrl), {
      timeoutDuration: 3_000,
      cooldownDuration: 30_000,
      cacheMaxAge: 600_000,
    });
  return jwtJwksFile === undefined ? undefined : keySetOfFile(jwtJwksFile);
}

async function keySetOfFile(file: string): Promise<JWTVerifyGetKey> {
  try {
    return createLocalJWKSet(JSON.parse(await readFile(file, 'utf8')) as JSONWebKeySet);
  } catch (error) {
    const { code = 'it holds no JWKS' } = error as NodeJS.ErrnoException;
    throw new ConfigurationError('BULKWATCH_JWT_JWKS_FILE', [
      { where: 'the file', message: `is not usable (${code})` },
    ]);
  }
}
