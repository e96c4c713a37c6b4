export type {
  Amendment,
  BatchResult,
  Job,
  JobAction,
  JobActionResult,
  JobActions,
  JobActionsResult,
  JobList,
  JobState,
  Manifest,
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
  Scorecard,
} from '@bulkwatch/contract';
export { BulkwatchError, type ErrorReason, isBulkwatchError } from './bulkwatch-error.js';
export type { ClientOptions, Fetch, TokenProvider } from './connection.js';
export type { ControlCalls } from './control-calls.js';
export { type Client, createClient } from './create-client.js';
export type { JobCalls, JobFilter, Many, PageOptions, Registered } from './job-calls.js';
export type { ProviderCalls } from './provider-calls.js';
export type { ImportOptions } from './register-batch.js';
export type { CallOptions } from './send.js';
export type { WaitOptions } from './wait-for.js';
