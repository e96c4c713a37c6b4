import { operationOutcome } from '../operation-outcome.js';
import type { Scenarios } from './scenario.js';
import { complete, outcome, running, status } from './steps.js';

const exportStatus = (value: string) => ({ headers: { 'X-Export-Status': value } });
const bundle = (response: object) => ({
  resourceType: 'Bundle',
  type: 'batch-response',
  entry: [{ response }],
});
const failure = operationOutcome({ code: 'processing', text: 'The group is empty.' });

/** Endings by the books, old and new: under 200, in a bundle, by another URL. */
export const endings = {
  'generic/plain': {
    plays: 'generic',
    tells: 'A poll in progress, then the manifest.',
    script: ({ retryAfterSeconds: wait = 10 } = {}) => ({
      steps: [running({ retryAfterSeconds: wait, progress: '50%' }), complete()],
    }),
    ends: { state: 'completed', outputCount: 2, errorCount: 0, expiryAssumed: false },
  },
  'generic/cancel': {
    plays: 'generic',
    tells: 'A delete request is answered 202, and what follows 404.',
    script: ({ retryAfterSeconds: wait = 10 } = {}) => ({
      steps: [running({ retryAfterSeconds: wait })],
    }),
    ends: { state: 'cancelled', reason: 'cancelled-by-request' },
    cancelMidway: true,
  },
  'generic/delete-not-found': {
    plays: 'generic',
    tells: 'A delete request is answered 404: there is nothing left to delete.',
    script: () => ({
      steps: [running()],
      deleteSteps: [outcome(404, { code: 'not-found', text: 'There is no such export.' })],
    }),
    ends: { state: 'cancelled', reason: 'cancelled-by-request' },
    cancelMidway: true,
  },
  'generic/delete-not-supported': {
    plays: 'generic',
    tells: 'A delete request is answered 405.',
    script: () => ({ steps: [running()], deleteSteps: [status(405)] }),
    ends: { state: 'cancelled', reason: 'delete-refused' },
    cancelMidway: true,
  },
  'generic/delete-unavailable': {
    plays: 'generic',
    tells: 'A delete request is answered 503 once.',
    script: () => ({ steps: [running()], deleteSteps: [status(503), status(202)] }),
    ends: { state: 'cancelled', reason: 'cancelled-by-request' },
    cancelMidway: true,
  },
  'generic/plain-json-only': {
    plays: 'generic',
    tells: 'Takes no Accept header but application/json, alone.',
    script: ({ retryAfterSeconds: wait = 10 } = {}) => ({
      accept: ['application/json'],
      steps: [running({ retryAfterSeconds: wait }), complete()],
    }),
    ends: { state: 'completed', outputCount: 2 },
    meets: ['request-refused'],
  },
  'generic/dropped-for-haste': {
    plays: 'generic',
    tells: 'Three answers of 429, then the export is gone: the server has dropped it.',
    script: ({ retryAfterSeconds: wait = 10 } = {}) => ({
      steps: [
        status(429, { times: 3, retryAfterSeconds: wait }),
        outcome(404, { code: 'not-found', text: 'There is no such export.' }),
      ],
    }),
    ends: { state: 'failed', reason: 'export-terminated' },
    meets: ['rate-limited', 'rate-limited', 'rate-limited'],
    slow: true,
  },
  'export-status/in-progress-under-200': {
    plays: 'generic',
    tells: 'A 200 whose X-Export-Status is 202, then a plain 200.',
    script: ({ retryAfterSeconds: wait = 10 } = {}) => ({
      manifest: 3,
      steps: [
        status(200, { ...exportStatus('202 Accepted'), retryAfterSeconds: wait }),
        complete(exportStatus('200 OK')),
      ],
    }),
    ends: { state: 'completed', outputCount: 2 },
  },
  'export-status/failed-under-200': {
    plays: 'generic',
    tells: 'A 200 whose X-Export-Status is 500.',
    script: () => ({
      steps: [status(200, { ...exportStatus('500 Internal Server Error'), body: failure })],
    }),
    ends: { state: 'failed', reason: 'export-failed' },
  },
  'bundle/succeeded': {
    plays: 'generic',
    tells: 'A 200 with the batch-response of FHIR R5.',
    script: ({ retryAfterSeconds: wait = 10 } = {}) => ({
      steps: [
        running({ retryAfterSeconds: wait }),
        status(200, { body: bundle({ status: '200 OK', location: '{{origin}}/r4/Patient/1' }) }),
      ],
    }),
    ends: { state: 'completed' },
  },
  'bundle/failed': {
    plays: 'generic',
    tells: 'A batch-response whose entry has failed.',
    script: () => ({
      steps: [
        status(200, { body: bundle({ status: '422 Unprocessable Content', outcome: failure }) }),
      ],
    }),
    ends: { state: 'failed', reason: 'export-failed' },
  },
  'outcome/under-200': {
    plays: 'generic',
    tells: 'A 200 with an OperationOutcome that tells of an error.',
    script: () => ({ steps: [status(200, { body: failure })] }),
    ends: { state: 'failed', reason: 'export-failed' },
  },
} as const satisfies Scenarios;
