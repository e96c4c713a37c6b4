export { type Access, type Authorization, accessTo } from './authorization.js';
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
export type {
  ClientCredential,
  Credential,
  CredentialBinding,
  TokenPlace,
} from './credential.js';
export {
  type CredentialBindings,
  type CredentialBook,
  createCredentialBook,
  loadCredentialBindings,
  loadCredentialBook,
} from './credential-book.js';
export {
  type CredentialWatchOptions,
  type LiveCredentialBindings,
  type LiveCredentialBook,
  openCredentialBindings,
  openCredentialBook,
} from './credential-watch.js';
export { createEgress, type Egress, type EgressOptions } from './egress.js';
export type { FetchOutcome, FetchStatus, StatusRequest } from './fetch-status.js';
export { type Following, followFiles } from './follow-files.js';
export { createGuardedAgent, type GuardedAgentOptions } from './guard/guarded-agent.js';
export type { JudgedAddress } from './guard/judge-addresses.js';
export type { OriginTrust } from './guard/origin-trust.js';
export type { OnRefusal, Refusal, RefusalReason } from './guard/refusal.js';
export { type LiveProviderPolicy, openProviderPolicy } from './open-provider-policy.js';
export { loadPresetBook } from './preset-book.js';
export {
  createProviderPolicy,
  type PolicyVerdict,
  type ProviderPolicy,
  type ProviderPolicyOptions,
} from './provider-policy.js';
export type { ReadText } from './read-text-file.js';
export { type Rehearsal, type RehearsalOptions, rehearseUrl } from './rehearse-url.js';
export {
  type DocumentOutcome,
  openRemoteDocument,
  type RemoteDocument,
  type RemoteDocumentOptions,
} from './remote-document.js';
export {
  type CredentialTrial,
  type CredentialTrialOptions,
  tryCredential,
} from './try-credential.js';
export { type SignedHeaders, signWebhook } from './webhooks/sign-webhook.js';
export {
  createWebhookSender,
  type PostOutcome,
  type WebhookPost,
  type WebhookSender,
  type WebhookSenderOptions,
} from './webhooks/webhook-sender.js';
