export type { Authorization } from './authorization.js';
export { createMemoryVault } from './broker/memory-vault.js';
export type {
  KeptOutage,
  KeptToken,
  ReplacementPause,
  SlotReading,
  TokenSlot,
  TokenVault,
  TurnResult,
} from './broker/token-vault.js';
export { ConfigurationError, type ConfigurationProblem } from './configuration-error.js';
export type { ClientCredential, Credential, TokenPlace } from './credential.js';
export {
  type CredentialBook,
  createCredentialBook,
  loadCredentialBook,
} from './credential-book.js';
export {
  type CredentialWatchOptions,
  type LiveCredentialBook,
  openCredentialBook,
} from './credential-watch.js';
export { createEgress, type Egress, type EgressOptions } from './egress.js';
export type { FetchOutcome, FetchStatus, StatusRequest } from './fetch-status.js';
export { createGuardedAgent, type GuardedAgentOptions } from './guard/guarded-agent.js';
export type { OriginTrust } from './guard/origin-trust.js';
export type { OnRefusal, Refusal, RefusalReason } from './guard/refusal.js';
export { loadProviderPolicy } from './load-provider-policy.js';
export { loadPresetBook } from './preset-book.js';
export {
  createProviderPolicy,
  type ProviderPolicy,
  type ProviderPolicyOptions,
} from './provider-policy.js';
