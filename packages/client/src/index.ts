export type {
  AcknowledgeInput,
  Acknowledgement,
  Amendment,
  BatchResult,
  CreatedWebhookEndpoint,
  DeliveryState,
  ExportEvent,
  ExportLogEntry,
  Job,
  JobAction,
  JobActionResult,
  JobActions,
  JobActionsResult,
  JobList,
  JobState,
  JobWebhook,
  JobWebhookInput,
  Manifest,
  NewWebhookEndpoint,
  OutputFile,
  Pause,
  Poll,
  PollHealth,
  Problem,
  Provider,
  ProviderDetail,
  ProviderList,
  Reason,
  RegistrationInput,
  ReplayWebhook,
  Reset,
  RotatedWebhookSecret,
  Scorecard,
  WebhookDelivery,
  WebhookDeliveryList,
  WebhookDisabledEvent,
  WebhookEndpoint,
  WebhookEndpointAmendment,
  WebhookReplay,
  WebhookTest,
} from '@bulkwatch/contract';
export { BulkwatchError, type ErrorReason, isBulkwatchError } from './bulkwatch-error.js';
export type { ClientOptions, Fetch, TokenProvider } from './connection.js';
export type { ControlCalls } from './control-calls.js';
export { type Client, createClient } from './create-client.js';
export type { DocumentCalls } from './document-calls.js';
export type { Delivery, EventHandler, OnProblem } from './events/deliver.js';
export type { DeliveryOptions } from './events/delivery-options.js';
export type {
  EventName,
  EventNamed,
  ExportEventName,
  StreamEvent,
} from './events/event-types.js';
export { type EventStore, oncePerEvent } from './events/once-per-event.js';
export type { JobCalls, JobFilter, Many, PageOptions, Registered } from './job-calls.js';
export type { ProviderCalls } from './provider-calls.js';
export type { ImportOptions } from './register-batch.js';
export type { CallOptions } from './send.js';
export type { EventCalls, StreamOptions } from './sse/event-calls.js';
export type { Message } from './sse/read-messages.js';
export {
  type Position,
  type SseSubscribeOptions,
  subscribeOverSse,
} from './sse/subscribe-over-sse.js';
export type { WaitOptions } from './wait-for.js';
export type { DeliveryPageOptions, WebhookCalls } from './webhook-calls.js';
