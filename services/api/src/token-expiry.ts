import { readJson } from './body.js';

/**
 * When a bearer token says of itself that it ends (RFC 7519 section 4.1.4), in epoch ms. Undefined for a token that
 * does not say so, as opaque ones do not. Nothing is verified: it is not for us that the token is meant.
 */
export function tokenExpiry(token: string): number | undefined {
  const [, payload, signature, ...more] = token.split('.');
  if (!payload || signature === undefined || more.length > 0) return undefined;
  const claims = readJson(Buffer.from(payload, 'base64url'));
  if (typeof claims !== 'object' || claims === null || !('exp' in claims)) return undefined;
  return typeof claims.exp === 'number' ? claims.exp * 1000 : undefined;
}
