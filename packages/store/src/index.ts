export { type ApiKeyProof, readApiKey } from './api-key-text.js';
export type { ApiKey, ApiKeys, NewApiKey, StoredApiKey } from './api-keys.js';
export { connectionOptions } from './connection.js';
export * from './create-store.js';
export type { EventPage, EventReader, StreamedEvent } from './event-reader.js';
export type { Duties, DutyAnswer } from './fleet/duties.js';
export type { ProviderFigures, ProvidersFigures } from './fleet/provider-figures.js';
export type {
  ControlRefusal,
  ControlResult,
  JobControl,
  RepublishResult,
} from './job-control.js';
export * from './job-store.js';
export { wakeUpQueue } from './keys.js';
export type { ReadyQueues } from './look-at-queues.js';
export { type Diagnosis, listSealKeyIds, openDiagnosis } from './open-diagnosis.js';
export { openStore } from './open-store.js';
export { presentJob } from './present-job.js';
export type { ProviderStore } from './provider-store.js';
export { isCursor } from './read-jobs.js';
export { type RedisServer, redisOf } from './redis/redis-server.js';
export { type LackingRights, type RedisProgram, redisPrograms } from './redis-rights.js';
export { reportSealKeys } from './report-seal-keys.js';
export type { RequirementFinding, RequirementReport } from './requirements.js';
export { RequirementsError } from './requirements-error.js';
export type { ResealReport } from './reseal-all.js';
export type { StoreSchema } from './schema/create-schema.js';
export type { MigrateOptions } from './schema/migrate.js';
export type { Migration, SchemaPlan } from './schema/migration.js';
export type { LivingProcess, ProcessAbout, SchemaState } from './schema/read-schema.js';
export { SealKeysError, type SealKeysReload } from './seal-keys.js';
export type { StoreLimits } from './store-context.js';
export { StoreUnavailableError } from './store-unavailable.js';
export { compareStreamIds, readStreamId } from './stream-id.js';
export type { SealSurvey } from './survey-seals.js';
export type { Quota, QuotaState } from './take-request.js';
export type { CredentialSlot, SlotContent, SlotResult, TokenStore } from './token-store.js';
export type {
  EventGroupFigures,
  EventRetention,
  EventStreamFigures,
  EventStreams,
} from './trim-events.js';
export { entryId, type WakeUpData, yieldingPriority } from './wake-up-queue.js';
export type * from './webhook-store.js';
export type { Probing, Settlement, SettleResult } from './webhooks/settle-delivery.js';
export type { WebhookEngine } from './webhooks/webhook-engine.js';
export type { FeedEntry, WebhookFeed } from './webhooks/webhook-feed.js';
export { webhookQueue } from './webhooks/webhook-keys.js';
export type { WebhookTurnData } from './webhooks/webhook-queue.js';
export type { ClaimedDelivery, Destination, WebhookTurn } from './webhooks/webhook-turn.js';
