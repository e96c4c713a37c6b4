export { createEngine, type Engine, type EngineOptions } from './bullmq-adapter.js';
export {
  type NextWakeUp,
  type PollJobPorts,
  pollJob,
  type StopSignals,
} from './poll-job.js';
export type { Reader } from './reader.js';
export type { Reporter } from './reporter.js';
