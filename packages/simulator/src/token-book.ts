import { randomBytes } from 'node:crypto';

/** What a bearer token is worth. `missing`: there is none; `unknown`: never issued, or revoked. */
export type TokenVerdict = 'valid' | 'expired' | 'unknown' | 'missing';

export interface TokenBook {
  readonly lifeSeconds: number;
  issue(): string;
  /** Judges the value of an Authorization header. */
  judge(authorization: string | undefined): TokenVerdict;
  /** Whether the value of an Authorization header, if there is one, was never issued here. */
  isForeign(authorization: string | undefined): boolean;
  /** Makes every token issued so far unknown. */
  revokeAll(): void;
}

/**
 * Opaque random tokens. An expired one is told from an unknown one for as long again as it lived.
 *
 * @param stamp what all of them begin with, so that one is known as issued here when it has long been forgotten
 */
export function createTokenBook(
  lifeSeconds: number,
  now: () => number,
  stamp = randomBytes(6).toString('base64url'),
): TokenBook {
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
      const token = `${stamp}${randomBytes(26).toString('base64url')}`;
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
    isForeign: (authorization) =>
      authorization !== undefined && !authorization.startsWith(`Bearer ${stamp}`),
    revokeAll: () => expiresAt.clear(),
  };
}
