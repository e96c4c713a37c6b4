import {
  createLocalJWKSet,
  decodeJwt,
  decodeProtectedHeader,
  type JSONWebKeySet,
  type JWTPayload,
  jwtVerify,
} from 'jose';

/** Judges the assertions with which the one client says who it is (RFC 7523, SMART Backend Services). */
export interface AssertionJudge {
  /** Whether the assertion is the client's own, fresh, and meant for this token URL. */
  accepts(assertion: string, tokenUrl: string): Promise<boolean>;
}

export interface AssertionRules {
  readonly clientId: string;
  /** Public keys of the client. Without one, no assertion is accepted. */
  readonly jwks: JSONWebKeySet;
  /** Epoch ms. */
  readonly now: () => number;
}

const lifeMaxSeconds = 300;

/**
 * As strict as SMART App Launch 2.2 allows: RS384 or ES384, a `kid` that names exactly one key, the token URL as
 * the only audience, an end within five minutes, and no `jti` twice, not even after a network error.
 */
export function createAssertionJudge({ clientId, jwks, now }: AssertionRules): AssertionJudge {
  const keyOf = createLocalJWKSet(jwks);
  const seen = new Map<string, number>();

  function isReplay({ jti = '', exp = 0 }: JWTPayload): boolean {
    for (const [known, until] of seen) if (until * 1_000 <= now()) seen.delete(known);
    if (seen.has(jti)) return true;
    seen.set(jti, exp);
    return false;
  }

  return {
    async accepts(assertion, tokenUrl) {
      try {
        if (typeof decodeProtectedHeader(assertion).kid !== 'string') return false;
        if (decodeJwt(assertion).aud !== tokenUrl) return false;
        const { payload } = await jwtVerify(assertion, keyOf, {
          algorithms: ['RS384', 'ES384'],
          typ: 'JWT',
          issuer: clientId,
          subject: clientId,
          requiredClaims: ['exp', 'jti'],
          currentDate: new Date(now()),
        });
        if ((payload.exp ?? 0) * 1_000 > now() + lifeMaxSeconds * 1_000) return false;
        return !isReplay(payload);
      } catch {
        return false;
      }
    },
  };
}
