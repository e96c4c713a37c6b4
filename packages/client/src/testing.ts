export {
  createFakeBulkwatch,
  type DeadLetter,
  type FakeBulkwatch,
} from './testing/fake-bulkwatch.js';
export { type EventParts, makeEvent, makeManifest } from './testing/make-event.js';
export { makeJob } from './testing/make-job.js';
