export { createEngine, type Engine, type EngineOptions } from './bullmq-adapter.js';
export { type NextWakeUp, pollJob } from './poll-job.js';
