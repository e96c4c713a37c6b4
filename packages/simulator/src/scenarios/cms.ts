import type { Scenarios } from './scenario.js';
import { complete, outcome, running, status } from './steps.js';

const archived = outcome(
  410,
  { code: 'not-found', text: 'The files have expired.' },
  { headers: { Expires: '{{goTime-3600}}' } },
);
const fresh = (retryAfterSeconds: number) =>
  running({ retryAfterSeconds, progress: '37% complete', headers: { Expires: '0' } });
const withChecksum = {
  extension: [{ url: 'https://simulator.invalid/checksum', valueString: 'sha256:0' }],
};

/** The three claims interfaces of the Centers for Medicare & Medicaid Services. */
export const cms = {
  'bcda/plain': {
    plays: 'bcda',
    tells: 'Names no delay, prints Expires as Go does, and adds JobID to the manifest.',
    script: () => ({
      steps: [
        running({ progress: 'Pending' }),
        running({ progress: 'In Progress (80%)' }),
        complete({ headers: { Expires: '{{goTime+86400}}' } }),
      ],
      manifestExtra: { JobID: 4242 },
    }),
    ends: { state: 'completed', outputCount: 2, expiryAssumed: false },
  },
  'bcda/hiccup': {
    plays: 'bcda',
    tells: 'A 500 with the code exception that only the database had caused.',
    script: () => ({
      steps: [outcome(500, { code: 'exception', text: 'Something went wrong.' }), complete()],
    }),
    ends: { state: 'completed', outputCount: 2 },
    meets: ['provider-error'],
  },
  'bcda/maintenance': {
    plays: 'bcda',
    tells: 'A 503 with Retry-After: 1.',
    script: ({ retryAfterSeconds: wait = 1 } = {}) => ({
      steps: [status(503, { retryAfterSeconds: wait }), complete()],
    }),
    ends: { state: 'completed', outputCount: 2 },
    meets: ['provider-error'],
  },
  'bcda/archived': {
    plays: 'bcda',
    tells: 'A 410 with an OperationOutcome and an Expires that has passed.',
    script: () => ({ steps: [archived] }),
    ends: { state: 'failed', reason: 'export-expired' },
  },
  'bcda/delete-finished': {
    plays: 'bcda',
    tells: 'A delete request that comes too late is answered 410.',
    script: () => ({ steps: [running({ progress: 'In Progress' })], deleteSteps: [archived] }),
    ends: { state: 'cancelled', reason: 'delete-refused' },
    cancelMidway: true,
  },
  'ab2d/plain': {
    plays: 'ab2d',
    tells:
      'Answers 429 to any poll before its own Retry-After is over; Expires is 0 until the end.',
    script: ({ retryAfterSeconds: wait = 5 } = {}) => ({
      minIntervalSeconds: wait,
      steps: [fresh(wait), fresh(wait), complete()],
      expiresInSeconds: 72 * 3_600,
    }),
    ends: { state: 'completed', outputCount: 2, expiryAssumed: false },
  },
  'ab2d/token-expired': {
    plays: 'ab2d',
    tells: 'An access token that has expired is answered 403 with no body.',
    script: ({ retryAfterSeconds: wait = 5 } = {}) => ({
      unauthorized: { status: 403, body: '' },
      steps: [fresh(wait), status(403), complete()],
    }),
    ends: { state: 'completed', outputCount: 2 },
  },
  'ab2d/other-organization': {
    plays: 'ab2d',
    tells: 'A 403 with no body for ever: the export is of another organization.',
    script: () => ({ steps: [status(403)] }),
    ends: { state: 'open', reason: 'auth-rejected' },
  },
  'ab2d/cancelled': {
    plays: 'ab2d',
    tells: 'A 404 with the code deleted once it is cancelled.',
    script: () => ({ steps: [outcome(404, { code: 'deleted', text: 'The job was cancelled.' })] }),
    ends: { state: 'cancelled', reason: 'export-cancelled' },
    slow: true,
  },
  'ab2d/delete-finished': {
    plays: 'ab2d',
    tells: 'A delete request that comes too late is answered 400.',
    script: ({ retryAfterSeconds: wait = 5 } = {}) => ({
      steps: [fresh(wait)],
      deleteSteps: [outcome(400, { code: 'processing', text: 'The job is finished.' })],
    }),
    ends: { state: 'cancelled', reason: 'delete-refused' },
    cancelMidway: true,
  },
  'dpc/plain': {
    plays: 'dpc',
    tells:
      'Percents behind a word, no delay, and extensions in the manifest and in each of its entries.',
    script: () => ({
      steps: [
        running({ progress: 'QUEUED: 0.00%' }),
        running({ progress: 'RUNNING: 45.50%' }),
        complete(),
      ],
      expiresInSeconds: 86_400,
      manifestExtra: {
        ...withChecksum,
        output: [{ type: 'Patient', url: '{{origin}}/data/1.ndjson', count: 3, ...withChecksum }],
      },
    }),
    ends: { state: 'completed', outputCount: 1, expiryAssumed: false },
  },
  'dpc/expired': {
    plays: 'dpc',
    tells: 'A 410 with no body.',
    script: () => ({ steps: [status(410)] }),
    ends: { state: 'failed', reason: 'export-expired' },
  },
  'dpc/unknown': {
    plays: 'dpc',
    tells: 'A 404 in plain text, which a proxy could have sent as well.',
    script: () => ({ steps: [status(404, { body: 'Could not find the job' })] }),
    ends: { state: 'failed', reason: 'export-unknown' },
    slow: true,
  },
  'dpc/other-organization': {
    plays: 'dpc',
    tells: 'A 401 in plain text, with any token: the export is of another organization.',
    script: () => ({ steps: [status(401, { body: 'Not authorized' })] }),
    ends: { state: 'open', reason: 'auth-rejected' },
  },
} as const satisfies Scenarios;
