import { isScope, isTenant } from '@bulkwatch/contract';
import { errors, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from 'jose';
import { type AuthenticateText, type Authentication, invalid } from './authentication.js';
import { KeysUnavailableError } from './issuer-keys.js';

/** What a token must say to be taken, and where it says the rest. */
export interface TokenRules {
  readonly issuer: string;
  readonly audience: string;
  readonly algorithms: readonly string[];
  readonly tenantClaim: string;
  readonly scopeClaim: string;
}

/**
 * Kinds of token (`typ`) that are taken; one that does not say is taken as well, since many issuers write none. What
 * an issuer signs for another purpose, such as a logout token, is none of them (RFC 8725 section 3.11).
 */
const tokenTypes: readonly unknown[] = [
  undefined,
  'application/jwt',
  // Access tokens of RFC 9068.
  'application/at+jwt',
];

/** Clocks of issuers may differ from ours by so much. */
const clockToleranceSeconds = 30;

/**
 * Tells who the bearer of a JSON Web Token is (RFC 7519). It must be signed by a key
 * of the issuer with one of the algorithms, be of a kind that is meant for callers, name issuer, audience, subject and
 * tenant, and have an end.
 */
export function tokenAuthenticator(rules: TokenRules, keySet: JWTVerifyGetKey): AuthenticateText {
  const { issuer, audience, algorithms } = rules;
  const options = {
    issuer,
    audience,
    algorithms: [...algorithms],
    clockTolerance: clockToleranceSeconds,
    requiredClaims: ['exp', 'sub'],
  };
  return async (token) => {
    try {
      const { payload, protectedHeader } = await jwtVerify(token, keySet, options);
      return tokenTypes.includes(mediaType(protectedHeader.typ))
        ? holderOf(payload, rules)
        : invalid('token-invalid', 'header typ');
    } catch (error) {
      if (error instanceof KeysUnavailableError) return withoutKeys;
      // A key of the issuer's that nothing can be verified with is no outage: whoever names it is refused.
      const code = error instanceof errors.JOSEError ? error.code : 'key-unusable';
      return invalid(error instanceof errors.JWTExpired ? 'expired' : 'token-invalid', code);
    }
  };
}

/** In one spelling: RFC 7515 section 4.1.9 lets `application/` be left out. */
function mediaType(typ: unknown): unknown {
  if (typeof typ !== 'string') return typ;
  const lower = typ.toLowerCase();
  return lower.includes('/') ? lower : `application/${lower}`;
}

const withoutKeys: Authentication = {
  kind: 'refused',
  reason: 'issuer-unavailable',
  cause: 'issuer-unavailable',
  about: 'the keys cannot be fetched',
};

function holderOf(
  payload: JWTPayload,
  { tenantClaim, scopeClaim }: Pick<TokenRules, 'tenantClaim' | 'scopeClaim'>,
): Authentication {
  const tenant = payload[tenantClaim];
  if (typeof tenant !== 'string' || !isTenant(tenant))
    return invalid('token-invalid', `claim ${tenantClaim}`);
  const scopes = wordsOf(payload[scopeClaim]).filter(isScope);
  const subject = (payload.sub ?? '').slice(0, 200);
  return { kind: 'known', principal: { tenant, scopes, keyId: null, subject } };
}

/** Words between blanks (RFC 6749 section 3.3), or the texts of a list, as some issuers write scopes and roles. */
function wordsOf(claim: unknown): string[] {
  if (typeof claim === 'string') return claim.split(' ');
  return Array.isArray(claim) ? claim.filter((entry) => typeof entry === 'string') : [];
}
