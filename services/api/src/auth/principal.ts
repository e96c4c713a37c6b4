import type { Scope } from '@bulkwatch/contract';
import type { Response } from 'express';

/** Who sends a request. Everything that a request does or sees belongs to this tenant. */
export interface Principal {
  readonly tenant: string;
  readonly scopes: readonly Scope[];
  /** Id of the API key; null for the bearer of a token, and for anybody. */
  readonly keyId: string | null;
  /** Name of the API key, or subject of the token. */
  readonly subject: string;
}

/** Remembers whom a request is from. */
export function setPrincipal(response: Response, principal: Principal): void {
  response.locals['principal'] = principal;
}

/** Whom the request is from that this response answers. Throws where nobody was asked: no route may be so. */
export function principalOf(response: Response): Principal {
  const principal = knownPrincipal(response);
  if (!principal) throw new Error('a request was served before it was known whom it is from');
  return principal;
}

/** As `principalOf`; undefined for a caller that was turned away. */
export function knownPrincipal(response: Response): Principal | undefined {
  return response.locals['principal'] as Principal | undefined;
}

/** Whether a caller may do what needs this scope. */
export function isAllowed({ scopes }: Pick<Principal, 'scopes'>, scope: Scope): boolean {
  return scopes.includes(scope) || scopes.includes('admin');
}
