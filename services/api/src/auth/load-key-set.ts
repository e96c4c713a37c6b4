import {
  ConfigurationError,
  type DocumentOutcome,
  followFiles,
  type OnRefusal,
  openRemoteDocument,
  type ProviderPolicy,
  type ReadText,
} from '@bulkwatch/egress';
import type { Clock, Secret, Settings } from '@bulkwatch/runtime';
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
  /** A changed file was taken, or turned down and the old one kept; never with what it holds. */
  readonly onReload: (outcome: 'loaded' | 'rejected', problem?: string) => void;
  /** How often the file is looked at, in ms. */
  readonly everyMs?: number;
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
  if (url !== undefined) return keySetOfUrl(url, settings.egressProxy, parts);
  return file === undefined ? undefined : keySetOfFile(file, parts);
}

function keySetOfUrl(
  url: string,
  proxy: Secret | undefined,
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

/** Follows the file, so that an issuer's new keys need no restart. */
async function keySetOfFile(file: string, { onReload, everyMs }: KeySetParts): Promise<KeySet> {
  const { current, start, stop } = await followFiles(
    async (readText) => keysOf(await readText(file)),
    {
      onReload: (outcome, error) => onReload(outcome, messageOf(error)),
      ...(everyMs !== undefined && { everyMs }),
    },
  );
  start();
  return {
    find: (header, token) => current()(header, token),
    close: async () => stop(),
  };
}

function keysOf(content: Awaited<ReturnType<ReadText>>): JWTVerifyGetKey {
  if ('message' in content) throw unusable(content.message);
  try {
    return createLocalJWKSet(JSON.parse(content.text) as JSONWebKeySet);
  } catch {
    throw unusable('holds no JWKS');
  }
}

const unusable = (message: string): ConfigurationError =>
  new ConfigurationError('BULKWATCH_JWT_JWKS_FILE', [{ where: 'the file', message }]);

const messageOf = (error: unknown): string | undefined =>
  error instanceof ConfigurationError ? error.message : undefined;
