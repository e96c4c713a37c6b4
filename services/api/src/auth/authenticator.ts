import { defaultTenant, scopeNames } from '@bulkwatch/contract';
import { isLoopbackHost, type Settings } from '@bulkwatch/runtime';
import type { JWTVerifyGetKey } from 'jose';
import { keyAuthenticator } from './authenticate-key.js';
import { tokenAuthenticator } from './authenticate-token.js';
import {
  type AuthenticateText,
  type Authentication,
  invalid,
  type Refusal,
} from './authentication.js';
import { createKeyCache, type KeyCacheParts } from './key-cache.js';

/** The headers by which a caller is known. */
export interface CallerHeaders {
  readonly authorization?: string | undefined;
  readonly host?: string | undefined;
}

/** Tells whom a request is from. Rejects with StoreUnavailableError when Redis has to be asked and is away. */
export type Authenticate = (headers: CallerHeaders) => Promise<Authentication>;

const missing: Refusal = {
  kind: 'refused',
  reason: 'authentication-missing',
  cause: 'missing',
};

/**
 * Makes what tells callers apart, as the settings say: by API key, by token as well where an issuer is named, or
 * not at all.
 */
export function createAuthenticate(
  settings: Settings,
  parts: KeyCacheParts & { readonly keySet: JWTVerifyGetKey | undefined },
): Authenticate {
  if (settings.dangerouslyAllowAnonymous) return authenticateAnybody;
  const byKey = keyAuthenticator({ keyCache: createKeyCache(parts), clock: parts.clock });
  const byToken = tokens(settings, parts.keySet);
  return async ({ authorization }) => {
    const [, text] = /^Bearer +([\x21-\x7e]+)$/i.exec(authorization ?? '') ?? [];
    if (text === undefined) return missing;
    return text.startsWith('bwk_') ? byKey(text) : byToken(text);
  };
}

function tokens(settings: Settings, keySet: JWTVerifyGetKey | undefined): AuthenticateText {
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
    keySet,
  );
}

/**
 * Lets everybody in who calls this machine by a name of its own. Under any other name it would be a page in
 * somebody's browser, whose host name was made to lead here (DNS rebinding).
 */
const authenticateAnybody: Authenticate = async ({ host = '' }) => {
  if (!isLoopbackHost(host.replace(/:\d+$/, ''))) return { ...missing, about: 'the Host header' };
  const principal = {
    tenant: defaultTenant,
    scopes: scopeNames,
    keyId: null,
    subject: 'anonymous',
  };
  return { kind: 'known', principal };
};
