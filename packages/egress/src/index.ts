export { type Credential, type CredentialBook, loadCredentialBook } from './credential-book.js';
export { CredentialsError, type CredentialsProblem } from './credentials-error.js';
export { createEgress, type Egress, type EgressOptions } from './egress.js';
export type { Authorization, FetchOutcome, FetchStatus, StatusRequest } from './fetch-status.js';
export { createProviderPolicy, type ProviderPolicy } from './provider-policy.js';
