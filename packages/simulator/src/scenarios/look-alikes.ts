import type { ExportStep } from '../export-step.js';
import type { Scenarios } from './scenario.js';
import { running, status } from './steps.js';

const document = (body: object, retryAfterSeconds?: number): ExportStep =>
  status(200, { body, ...(retryAfterSeconds !== undefined && { retryAfterSeconds }) });

const azure = (state: string, more: object = {}) => ({ id: 'operation', status: state, ...more });
const google = (done: boolean, more: object = {}) => ({ name: 'operations/export', done, ...more });
const salesforce = (state: string) => ({ id: '750R0000000zlh9IAA', operation: 'query', state });
const asyncJob = (state: string) => ({ resourceType: 'AsyncJob', id: 'job', status: state });
const healthLake = (state: string) => ({ jobId: 'job', jobStatus: state });

/** Protocols that answer 200 from beginning to end and say in the body how the job is going. */
export const lookAlikes = {
  'azure-operation/plain': {
    plays: 'azure-operation',
    tells: 'A status from NotStarted to Succeeded, with Retry-After on the way.',
    script: ({ retryAfterSeconds: wait = 10 } = {}) => ({
      steps: [
        document(azure('NotStarted'), wait),
        document(azure('Running'), wait),
        document(azure('Succeeded', { result: {} })),
      ],
    }),
    ends: { state: 'completed' },
  },
  'azure-operation/other-status': {
    plays: 'azure-operation',
    tells: 'A status on the way that no list has.',
    script: ({ retryAfterSeconds: wait = 10 } = {}) => ({
      steps: [document(azure('Validating'), wait), document(azure('Succeeded'))],
    }),
    ends: { state: 'completed' },
  },
  'azure-operation/failed': {
    plays: 'azure-operation',
    tells: 'The status is Failed, and an error tells why.',
    script: ({ retryAfterSeconds: wait = 10 } = {}) => ({
      steps: [
        document(azure('Running'), wait),
        document(azure('Failed', { error: { code: 'Conflict', message: 'It did not work.' } })),
      ],
    }),
    ends: { state: 'failed', reason: 'export-failed' },
  },
  'google-operation/plain': {
    plays: 'google-operation',
    tells: 'Not done, then done with a response.',
    script: () => ({
      steps: [document(google(false)), document(google(true, { response: {} }))],
    }),
    ends: { state: 'completed' },
  },
  'google-operation/failed': {
    plays: 'google-operation',
    tells: 'Done with an error.',
    script: () => ({
      steps: [document(google(true, { error: { code: 13, message: 'It did not work.' } }))],
    }),
    ends: { state: 'failed', reason: 'export-failed' },
  },
  'google-operation/cancelled': {
    plays: 'google-operation',
    tells: 'It is cancelled by a POST to the status URL with :cancel behind it.',
    script: () => ({
      steps: [document(google(false))],
      afterDeleteSteps: [document(google(true, { error: { code: 1, message: 'Cancelled' } }))],
    }),
    ends: { state: 'cancelled', reason: 'cancelled-by-request' },
    cancelMidway: true,
  },
  'salesforce-query-job/plain': {
    plays: 'salesforce-query-job',
    tells: 'A state from UploadComplete to JobComplete.',
    script: () => ({
      steps: [
        document(salesforce('UploadComplete')),
        document(salesforce('InProgress')),
        document(salesforce('JobComplete')),
      ],
    }),
    ends: { state: 'completed' },
  },
  'salesforce-query-job/failed': {
    plays: 'salesforce-query-job',
    tells: 'The state is Failed.',
    script: () => ({ steps: [document(salesforce('Failed'))] }),
    ends: { state: 'failed', reason: 'export-failed' },
  },
  'salesforce-query-job/aborted': {
    plays: 'salesforce-query-job',
    tells: 'Somebody else has aborted it.',
    script: () => ({
      steps: [document(salesforce('InProgress')), document(salesforce('Aborted'))],
    }),
    ends: { state: 'cancelled', reason: 'export-cancelled' },
  },
  'salesforce-query-job/abort': {
    plays: 'salesforce-query-job',
    tells: 'It is cancelled by a PATCH of its state.',
    script: () => ({
      steps: [document(salesforce('InProgress'))],
      afterDeleteSteps: [document(salesforce('Aborted'))],
    }),
    ends: { state: 'cancelled', reason: 'cancelled-by-request' },
    cancelMidway: true,
  },
  'medplum-async-job/plain': {
    plays: 'medplum-async-job',
    tells: 'A 202, then an AsyncJob that is completed.',
    script: () => ({
      steps: [
        running({ headers: { 'Content-Location': '{{statusUrl}}' } }),
        document(asyncJob('completed')),
      ],
    }),
    ends: { state: 'completed' },
  },
  'medplum-async-job/failed': {
    plays: 'medplum-async-job',
    tells: 'A 200 with an AsyncJob in error.',
    script: () => ({ steps: [document(asyncJob('error'))] }),
    ends: { state: 'failed', reason: 'export-failed' },
  },
  'medplum-async-job/cancelled': {
    plays: 'medplum-async-job',
    tells: 'A 200 with an AsyncJob that is cancelled.',
    script: () => ({ steps: [document(asyncJob('cancelled'))] }),
    ends: { state: 'cancelled', reason: 'export-cancelled' },
  },
  'healthlake-job/plain': {
    plays: 'healthlake-job',
    tells: 'A status from SUBMITTED to COMPLETED.',
    script: () => ({
      steps: [
        document(healthLake('SUBMITTED')),
        document(healthLake('IN_PROGRESS')),
        document(healthLake('COMPLETED')),
      ],
    }),
    ends: { state: 'completed' },
  },
  'healthlake-job/with-errors': {
    plays: 'healthlake-job',
    tells: 'The status is COMPLETED_WITH_ERRORS, which is complete.',
    script: () => ({ steps: [document(healthLake('COMPLETED_WITH_ERRORS'))] }),
    ends: { state: 'completed' },
  },
  'healthlake-job/failed': {
    plays: 'healthlake-job',
    tells: 'The status is FAILED.',
    script: () => ({ steps: [document(healthLake('FAILED'))] }),
    ends: { state: 'failed', reason: 'export-failed' },
  },
  'healthlake-job/cancelled': {
    plays: 'healthlake-job',
    tells: 'The status is CANCEL_COMPLETED.',
    script: () => ({ steps: [document(healthLake('CANCEL_COMPLETED'))] }),
    ends: { state: 'cancelled', reason: 'export-cancelled' },
  },
} as const satisfies Scenarios;
