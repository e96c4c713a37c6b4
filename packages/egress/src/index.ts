export type { Authorization } from './authorization.js';
export { ConfigurationError, type ConfigurationProblem } from './configuration-error.js';
export { type Credential, type CredentialBook, loadCredentialBook } from './credential-book.js';
export { createEgress, type Egress, type EgressOptions } from './egress.js';
export type { FetchOutcome, FetchStatus, StatusRequest } from './fetch-status.js';
export { loadPresetBook } from './preset-book.js';
export { createProviderPolicy, type ProviderPolicy } from './provider-policy.js';
