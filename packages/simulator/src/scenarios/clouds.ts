import type { Scenarios } from './scenario.js';
import { complete, outcome, running, status } from './steps.js';

/** The FHIR services of Microsoft, Amazon and Google. */
export const clouds = {
  'microsoft-fhir/plain': {
    plays: 'microsoft-fhir',
    tells:
      'A bare 202, no Expires, files in a blob store that want no token, and issues in the manifest.',
    script: () => ({
      steps: [running(), complete({ headers: { Expires: null } })],
      fileUrl: 'https://simulator.invalid/container/{{type}}-{{number}}.ndjson',
      manifestExtra: { requiresAccessToken: false, issues: [] },
    }),
    ends: { state: 'completed', outputCount: 2 },
  },
  'microsoft-fhir/throttled': {
    plays: 'microsoft-fhir',
    tells: 'A 429 with Retry-After and with x-ms-retry-after-ms.',
    script: ({ retryAfterSeconds: wait = 1 } = {}) => ({
      steps: [
        status(429, {
          retryAfterSeconds: wait,
          headers: { 'x-ms-retry-after-ms': `${wait * 1_000}` },
        }),
        complete({ headers: { Expires: null } }),
      ],
    }),
    ends: { state: 'completed', outputCount: 2 },
    meets: ['rate-limited'],
  },
  'microsoft-fhir/failed': {
    plays: 'microsoft-fhir',
    tells: 'The status that the failed export was stored with, and an OperationOutcome.',
    script: () => ({
      steps: [outcome(400, { code: 'processing', text: 'The container does not exist.' })],
    }),
    ends: { state: 'failed', reason: 'export-failed' },
  },
  'microsoft-fhir/cancelled-is-200': {
    plays: 'microsoft-fhir',
    tells: 'A cancelled export answers 200 with the manifest of what there was.',
    script: () => ({
      steps: [running()],
      afterDeleteSteps: [complete({ files: 0, headers: { Expires: null } })],
    }),
    ends: { state: 'cancelled', reason: 'cancelled-by-request' },
    cancelMidway: true,
  },
  'healthlake/plain': {
    plays: 'healthlake',
    tells: 'The body has a status of its own, and files are in a bucket.',
    script: () => ({
      steps: [running({ body: { jobStatus: 'IN_PROGRESS' } }), complete()],
      fileUrl: 's3://simulator/{{type}}/{{number}}.ndjson',
      manifestExtra: { jobStatus: 'COMPLETED' },
    }),
    ends: { state: 'completed', outputCount: 2 },
  },
  'healthlake/throttled': {
    plays: 'healthlake',
    tells: 'A throttled request is answered 400.',
    script: () => ({
      steps: [
        status(400, { body: { __type: 'ThrottlingException', message: 'Rate exceeded' } }),
        running(),
        complete(),
      ],
    }),
    ends: { state: 'completed', outputCount: 2 },
  },
  'google-healthcare/plain': {
    plays: 'google-healthcare',
    tells: 'A progress text without a number, and files in a bucket.',
    script: () => ({
      steps: [running({ progress: 'in progress' }), complete()],
      fileUrl: 'gs://simulator/{{type}}-{{number}}.ndjson',
    }),
    ends: { state: 'completed', outputCount: 2 },
  },
  'google-healthcare/quota': {
    plays: 'google-healthcare',
    tells: 'A 429 that does not say how long.',
    script: () => ({ steps: [status(429), complete()] }),
    ends: { state: 'completed', outputCount: 2 },
    meets: ['rate-limited'],
  },
} as const satisfies Scenarios;
