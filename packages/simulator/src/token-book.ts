import { randomBytes } from 'node:crypto';

/** What a bearer token is worth. `missing`: there is none; `unknown`: never issued, or revoked. */
export type TokenVerdict = 'valid' | 'expired' | 'unknown' | 'missing';

export interface TokenBook {
  readonly lifeSeconds: number;
  issue(): string;
  /** Judges the value of an Authorization header. */
  judge(authorization: string | undefined): TokenVerdict;
  /** Makes every token issued so far unknown. */
  revokeAll(): void;
}

/** Opaque random tokens. An expired one is told from an unknown one for as long again as it lived. */
export function createTokenBook(lifeSeconds: number, now: () => number): TokenBook {
  const expiresAt = new Map<string, number>();
  const lifeMs = lifeSeconds * 1_000;

  const forgetOld = () => {
    for (const [token, at] of expiresAt) {
      if (at + lifeMs > now()) return;
      expiresAt.delete(token);
    }
  };

  return {
    lifeSeconds,
    issue() {
      forgetOld();
      const token = randomBytes(32).toString('base64url');
      expiresAt.set(token, now() + lifeMs);
      return token;
    },
    judge(authorization) {
      const token = /^Bearer +([\w.~+/-]+=*)$/i.exec(authorization ?? '')?.[1];
      if (token === undefined) return 'missing';
      const at = expiresAt.get(token);
      if (at === undefined) return 'unknown';
      return now() < at ? 'valid' : 'expired';
    },
    revokeAll: () => expiresAt.clear(),
  };
}
