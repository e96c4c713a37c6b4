import type { IncomingHttpHeaders } from 'node:http';
import { defaultTenant, scopeNames } from '@bulkwatch/contract';
import { isLoopbackHost, type Settings } from '@bulkwatch/runtime';
import { keyAuthenticator } from './authenticate-key.js';
import { tokenAuthenticator } from './authenticate-token.js';
import {
  type AuthenticateText,
  type Authentication,
  invalid,
  type Refusal,
} from './authentication.js';
import { createKeyCache, type KeyCacheParts } from './key-cache.js';
import type { KeySet } from './load-key-set.js';

/**
 * Tells by its headers whom a request is from. Rejects with StoreUnavailableError when Redis has to be asked and is
 * away.
 */
export type Authenticate = (headers: IncomingHttpHeaders) => Promise<Authentication>;

const missing: Refusal = {
  kind: 'refused',
  reason: 'authentication-missing',
  cause: 'missing',
};

const proxied: Refusal = {
  kind: 'refused',
  reason: 'proxied-without-authentication',
  cause: 'proxy',
};

/** By any of these a proxy says that it is one (RFC 7239, RFC 9110 section 7.6.3, and habits). One may say nothing. */
const headersOfProxies = [
  'forwarded',
  'via',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-proto',
  'x-forwarded-server',
  'x-real-ip',
  'true-client-ip',
  'cf-connecting-ip',
];

/**
 * Makes what tells callers apart, as the settings say: by API key, by token as well where an issuer is named, or
 * not at all.
 */
export function createAuthenticate(
  settings: Settings,
  parts: KeyCacheParts & { readonly keySet: KeySet | undefined },
): Authenticate {
  if (settings.dangerouslyAllowAnonymous) return authenticateAnybody;
  const byKey = keyAuthenticator({ keyCache: createKeyCache(parts), clock: parts.clock });
  const byToken = tokens(settings, parts.keySet);
  return async (headers) => {
    const text = bearerText(headers);
    if (text === undefined) return missing;
    return text.startsWith('bwk_') ? byKey(text) : byToken(text);
  };
}

/** The key or token that a request brings (RFC 6750 section 2.1); undefined where it brings none. */
export function bearerText({ authorization = '' }: IncomingHttpHeaders): string | undefined {
  return /^Bearer +([\x21-\x7e]+)$/i.exec(authorization)?.[1];
}

function tokens(settings: Settings, keySet: KeySet | undefined): AuthenticateText {
  const { jwtIssuer: issuer, jwtAudience: audience } = settings;
  if (issuer === undefined || audience === undefined || !keySet)
    return async () => invalid('malformed');
  return tokenAuthenticator(
    {
      issuer,
      audience,
      algorithms: settings.jwtAlgorithms,
      tenantClaim: settings.jwtTenantClaim,
      scopeClaim: settings.jwtScopeClaim,
    },
    keySet.find,
  );
}

/**
 * Lets everybody in who calls this machine by a name of its own. Under any other name it would be a page in
 * somebody's browser, whose host name was made to lead here (DNS rebinding). A page of another origin (RFC 6454) is
 * sent away too: a browser lets it send what needs no body, or text. And what comes by way of a proxy on this machine
 * may come from anywhere.
 */
const authenticateAnybody: Authenticate = async (headers) => {
  const { host = '', origin } = headers;
  if (!isLoopbackHost(host.replace(/:\d+$/, ''))) return { ...missing, about: 'the Host header' };
  if (origin !== undefined && origin !== `http://${host}`)
    return { ...missing, about: 'the Origin header' };
  const told = headersOfProxies.find((name) => headers[name] !== undefined);
  if (told !== undefined) return { ...proxied, about: `the header ${told}` };
  const principal = {
    tenant: defaultTenant,
    scopes: scopeNames,
    keyId: null,
    subject: 'anonymous',
  };
  return { kind: 'known', principal };
};
