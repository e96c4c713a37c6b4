import type { FetchFailure } from '@bulkwatch/core';
import type { Secret } from '@bulkwatch/runtime';
import type { ClientCredential, Credential } from './credential.js';
import type { CredentialBook } from './credential-book.js';

/** Who we are to the provider. */
export type Authorization =
  | { readonly kind: 'none' }
  /** A token that was submitted for a status URL, and the origin of that, where alone it may be sent. */
  | { readonly kind: 'bearer'; readonly token: Secret; readonly origin: string }
  | { readonly kind: 'credential'; readonly name: string };

/** What a request to one URL is sent with, and the credential that this comes from. */
export type Access =
  | { readonly kind: 'none'; readonly credential?: Credential }
  | { readonly kind: 'token'; readonly token: Secret; readonly credential?: Credential }
  /** With an access token that has yet to be had. */
  | { readonly kind: 'client'; readonly credential: ClientCredential }
  | { readonly kind: 'refused'; readonly failure: FetchFailure };

/**
 * What may go to this URL. Whatever a provider's answers lead to on another origin than the status URL's, its
 * `home`, is asked without a token, unless it is one of the credential's own.
 */
export function accessTo(
  url: URL,
  request: { authorization: Authorization; home: string; tenant: string },
  credentials: CredentialBook,
): Access {
  const { authorization, home, tenant } = request;
  if (authorization.kind === 'none') return authorization;
  if (authorization.kind === 'bearer') {
    const { token, origin } = authorization;
    return url.origin === origin ? { kind: 'token', token } : { kind: 'none' };
  }
  const credential = credentials.find(authorization.name, tenant);
  if (!credential) return { kind: 'refused', failure: { reason: 'credential-missing' } };
  if (credential.origins.includes(url.origin)) return accessWith(credential);
  if (url.origin !== home) return { kind: 'none' };
  const detail = 'the credential is not for this origin';
  return { kind: 'refused', failure: { reason: 'provider-not-allowed', detail } };
}

function accessWith(credential: Credential): Access {
  switch (credential.kind) {
    case 'none':
      return { kind: 'none', credential };
    case 'static-bearer':
      return { kind: 'token', token: credential.token, credential };
    case 'smart-backend':
    case 'client-secret-basic':
    case 'client-secret-post':
      return { kind: 'client', credential };
  }
}
