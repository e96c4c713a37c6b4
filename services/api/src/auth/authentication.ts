import type { metricsTable } from '@bulkwatch/runtime';
import type { ApiReason } from '../problem.js';
import type { Principal } from './principal.js';

/** Why a caller is turned away, as the metric and the log have it; the caller gets a reason that tells less. */
export type RefusalCause = Extract<
  (typeof metricsTable)[number],
  { readonly key: 'apiRefusalsTotal' }
>['labels']['cause'][number];

/** A caller that is turned away. */
export interface Refusal {
  readonly kind: 'refused';
  readonly reason: ApiReason;
  readonly cause: RefusalCause;
  /** For the log: the key that it was, or the code of what is wrong with a token. */
  readonly about?: string;
  /** The API key that was named, genuine or not. */
  readonly keyId?: string;
}

/** What came of asking who somebody is. */
export type Authentication = { readonly kind: 'known'; readonly principal: Principal } | Refusal;

/** Tells who the holder of a key or a token is. Rejects with StoreUnavailableError when Redis has to be asked. */
export type AuthenticateText = (text: string) => Promise<Authentication>;

/** Somebody whose key or token is not valid. */
export const invalid = (cause: RefusalCause, about?: string): Refusal => ({
  kind: 'refused',
  reason: 'authentication-invalid',
  cause,
  ...(about === undefined ? {} : { about }),
});
