import type { Secret } from '@bulkwatch/runtime';
import type { SigningKey } from './credential-signing-key.js';
import type { TlsIdentity } from './credential-tls.js';

/** Who may use a credential, and where alone it is sent: all that a registration is judged by. */
export interface CredentialBinding {
  readonly name: string;
  /** The only origins to which its tokens are ever sent, as `URL.origin` spells them. */
  readonly origins: readonly string[];
  /** The tenants whose jobs may use it; absent, those of every tenant may. */
  readonly tenants?: readonly string[];
}

interface Opened extends CredentialBinding {
  /** How its token endpoint and its origins are connected to, where that is out of the ordinary. */
  readonly tls?: TlsIdentity;
  /** Another for every other configuration, secrets included: what was got with one is of no use with another. */
  readonly fingerprint: string;
}

/** Where tokens are to be had: given, or discovered below the FHIR base URL. */
export type TokenPlace =
  | { readonly tokenUrl: string }
  | { readonly fhirBaseUrl: string; readonly tokenOrigins: readonly string[] };

type Client = Opened & TokenPlace & { readonly clientId: string; readonly scope?: string };

/** A credential that gets access tokens from a token endpoint, and how it says there who it is. */
export type ClientCredential =
  | (Client & { readonly kind: 'smart-backend'; readonly signingKey: SigningKey })
  | (Client & {
      readonly kind: 'client-secret-basic' | 'client-secret-post';
      readonly clientSecret: Secret;
    });

/** A named account at a provider. */
export type Credential =
  | ClientCredential
  | (Opened & { readonly kind: 'static-bearer'; readonly token: Secret })
  /** No token: for providers that know us by our certificate, or do not ask. */
  | (Opened & { readonly kind: 'none' });
