import { isScope, isTenant } from '@bulkwatch/contract';
import { errors, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from 'jose';
import { type AuthenticateText, type Authentication, invalid } from './authentication.js';

/** What a token must say to be taken, and where it says the rest. */
export interface TokenRules {
  readonly issuer: string;
  readonly audience: string;
  readonly algorithms: readonly string[];
  readonly tenantClaim: string;
  readonly scopeClaim: string;
}

/** Clocks of issuers may differ from ours by so much. */
const clockToleranceSeconds = 30;

/** What can be wrong with a token, by the codes of jose; any other error is one of getting at the keys. */
const faultsOfToken = new Set<string>([
  errors.JWTExpired.code,
  errors.JWTClaimValidationFailed.code,
  errors.JWTInvalid.code,
  errors.JWSInvalid.code,
  errors.JWSSignatureVerificationFailed.code,
  errors.JOSEAlgNotAllowed.code,
  errors.JOSENotSupported.code,
  errors.JWKSNoMatchingKey.code,
  errors.JWKSMultipleMatchingKeys.code,
]);

/**
 * Tells who the bearer of a JSON Web Token is (RFC 7519). It must be signed by a key
 * of the issuer with one of the algorithms, name issuer, audience, subject and tenant, and have an end.
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
      return holderOf((await jwtVerify(token, keySet, options)).payload, rules);
    } catch (error) {
      const code = error instanceof errors.JOSEError ? error.code : undefined;
      if (code === undefined || !faultsOfToken.has(code)) return withoutKeys(code);
      return invalid(code === errors.JWTExpired.code ? 'expired' : 'token-invalid', code);
    }
  };
}

const withoutKeys = (code = 'the keys cannot be fetched'): Authentication => ({
  kind: 'refused',
  reason: 'issuer-unavailable',
  cause: 'issuer-unavailable',
  about: code,
});

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
