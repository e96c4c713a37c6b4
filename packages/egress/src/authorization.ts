import type { FetchFailure } from '@bulkwatch/core';
import type { Secret } from '@bulkwatch/runtime';
import type { Credential, CredentialBook } from './credential-book.js';

/** Who we are to the provider. */
export type Authorization =
  | { readonly kind: 'none' }
  /** A token that was submitted for a status URL, and the origin of that, where alone it may be sent. */
  | { readonly kind: 'bearer'; readonly token: Secret; readonly origin: string }
  | { readonly kind: 'credential'; readonly name: string };

/** What a request to one URL is sent with. */
export type Access =
  | { readonly kind: 'none' }
  | { readonly kind: 'token'; readonly token: Secret }
  | { readonly kind: 'credential'; readonly credential: Credential }
  | { readonly kind: 'refused'; readonly failure: FetchFailure };

/**
 * What may go to this URL. Whatever a provider's answers lead to on another origin than the status URL's, its
 * `home`, is asked without a token, unless it is one of the credential's own.
 */
export function accessTo(
  url: URL,
  { authorization, home }: { authorization: Authorization; home: string },
  credentials: CredentialBook,
): Access {
  if (authorization.kind === 'none') return authorization;
  if (authorization.kind === 'bearer') {
    const { token, origin } = authorization;
    return url.origin === origin ? { kind: 'token', token } : { kind: 'none' };
  }
  const credential = credentials.find(authorization.name);
  if (!credential) return { kind: 'refused', failure: { reason: 'credential-missing' } };
  if (credential.origins.includes(url.origin)) return { kind: 'credential', credential };
  if (url.origin !== home) return { kind: 'none' };
  const detail = 'the credential is not for this origin';
  return { kind: 'refused', failure: { reason: 'provider-not-allowed', detail } };
}
