import { readFile } from 'node:fs/promises';
import {
  ConfigurationError,
  type DocumentOutcome,
  type OnRefusal,
  openRemoteDocument,
  type ProviderPolicy,
} from '@bulkwatch/egress';
import type { Clock, Settings } from '@bulkwatch/runtime';
import { createLocalJWKSet, type JSONWebKeySet, type JWTVerifyGetKey } from 'jose';
import { createIssuerKeys } from './issuer-keys.js';

/** The issuer's public keys (JWKS, RFC 7517). */
export interface KeySet {
  readonly find: JWTVerifyGetKey;
  /** Ends the connection to the issuer, where there is one. */
  close(): Promise<void>;
}

export interface KeySetParts {
  readonly policy: Pick<ProviderPolicy, 'trustIn'>;
  readonly clock: Clock;
  readonly onFetch: (outcome: DocumentOutcome) => void;
  readonly onRefusal: OnRefusal;
}

/** Keys are small; an identity provider with a hundred of them has some 100 kB. */
const keySetMaxBytes = 512 * 1024;
const fetchTimeoutMs = 3_000;

/**
 * The keys out of the file or from the URL that the settings name; undefined where they name none.
 *
 * @throws ConfigurationError when the file cannot be read or holds no keys.
 */
export async function loadKeySet(
  settings: Pick<Settings, 'jwtJwksUrl' | 'jwtJwksFile' | 'egressProxy'>,
  parts: KeySetParts,
): Promise<KeySet | undefined> {
  const { jwtJwksUrl: url, jwtJwksFile: file } = settings;
  if (url !== undefined) return keySetOfUrl(url, settings.egressProxy?.reveal(), parts);
  return file === undefined ? undefined : keySetOfFile(file);
}

function keySetOfUrl(
  url: string,
  proxy: string | undefined,
  { policy, clock, onFetch, onRefusal }: KeySetParts,
): KeySet {
  const document = openRemoteDocument({
    url,
    accept: 'application/jwk-set+json, application/json',
    timeoutMs: fetchTimeoutMs,
    bodyMaxBytes: keySetMaxBytes,
    trustIn: policy.trustIn,
    onRefusal,
    proxy,
  });
  const find = createIssuerKeys({ fetchKeys: document.fetch, clock, onFetch });
  return { find, close: document.close };
}

async function keySetOfFile(file: string): Promise<KeySet> {
  try {
    const find = createLocalJWKSet(JSON.parse(await readFile(file, 'utf8')) as JSONWebKeySet);
    return { find, close: async () => undefined };
  } catch (error) {
    const { code = 'it holds no JWKS' } = error as NodeJS.ErrnoException;
    throw new ConfigurationError('BULKWATCH_JWT_JWKS_FILE', [
      { where: 'the file', message: `is not usable (${code})` },
    ]);
  }
}
