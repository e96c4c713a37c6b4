import { operationOutcome } from '../operation-outcome.js';
import type { Scenarios } from './scenario.js';
import { complete, outcome, running, status } from './steps.js';

const working = operationOutcome({
  code: 'informational',
  severity: 'information',
  text: 'The job is still running.',
});

export const servers = {
  'epic/plain': {
    plays: 'epic',
    tells: 'Nothing is told until everything is ready.',
    script: () => ({ steps: [running(), complete()] }),
    ends: { state: 'completed', outputCount: 2 },
  },
  'epic/freed-by-delete': {
    plays: 'epic',
    tells: 'One export per client and group: the next one needs this one deleted.',
    script: () => ({ steps: [running()] }),
    ends: { state: 'cancelled', reason: 'cancelled-by-request' },
    cancelMidway: true,
  },
  'medplum/plain': {
    plays: 'medplum',
    tells: 'A bare 202, no Expires, and URLs that are signed and want no token.',
    script: () => ({
      steps: [running(), complete({ headers: { Expires: null } })],
      fileUrl: 'https://simulator.invalid/storage/{{number}}?Signature=none',
      manifestExtra: { requiresAccessToken: false },
    }),
    ends: { state: 'completed', outputCount: 2 },
  },
  'medplum/error-stays-202': {
    plays: 'medplum',
    tells: 'A failed export answers a bare 202 for ever; only a deadline ends it.',
    script: () => ({ steps: [running()] }),
    ends: { state: 'open' },
  },
  'medplum/cancelled': {
    plays: 'medplum',
    tells: 'A 404 with an OperationOutcome once it is cancelled.',
    script: () => ({ steps: [outcome(404, { code: 'not-found', text: 'Not found' })] }),
    ends: { state: 'failed', reason: 'export-unknown' },
    slow: true,
  },
  'aidbox/plain': {
    plays: 'aidbox',
    tells: 'The manifest has a status of its own and no member error.',
    script: () => ({
      steps: [running(), complete()],
      manifestExtra: { status: 'completed', error: null },
    }),
    ends: { state: 'completed', outputCount: 2, errorCount: 0 },
  },
  'firely/plain': {
    plays: 'firely',
    tells: 'Words for progress, a relative request and an extension that is an object.',
    script: () => ({
      steps: [running({ progress: 'Queued' }), running({ progress: 'Active' }), complete()],
      manifestExtra: { request: '/$export', extension: {} },
    }),
    ends: { state: 'completed', outputCount: 2 },
  },
  'firely/gone': {
    plays: 'firely',
    tells: 'A 410 for a cancelled export, and for one whose files are purged.',
    script: () => ({ steps: [status(410)] }),
    ends: { state: 'cancelled', reason: 'export-cancelled' },
  },
  'pathling/plain': {
    plays: 'pathling',
    tells:
      'The 202 has an OperationOutcome for a body and may be cached; Expires is told anew each time.',
    script: () => ({
      steps: [
        running({ body: working, headers: { 'Cache-Control': 'max-age=1' } }),
        running({ body: working, progress: '45%', headers: { 'Cache-Control': 'max-age=1' } }),
        complete({ headers: { Expires: '{{now+3600}}' } }),
      ],
    }),
    ends: { state: 'completed', outputCount: 2, expiryAssumed: false },
  },
  'pathling/result-elsewhere': {
    plays: 'pathling',
    tells:
      'The export ends with a 303 whose Location is a path, and whose body is empty Parameters.',
    script: () => ({
      steps: [
        running({ body: working }),
        {
          answer: 'redirect',
          status: 303,
          to: '{{page:result:relative}}',
          body: { resourceType: 'Parameters' },
        },
      ],
      pages: { result: [complete()] },
    }),
    ends: { state: 'completed', outputCount: 2 },
  },
  'pathling/restarted': {
    plays: 'pathling',
    tells: 'Exports live in memory: after a restart the server knows of none.',
    script: () => ({
      steps: [
        running({ body: working }),
        outcome(404, { code: 'not-found', text: 'Job ID not found' }),
      ],
    }),
    ends: { state: 'failed', reason: 'export-unknown' },
    slow: true,
  },
  'linuxforhealth/plain': {
    plays: 'linuxforhealth',
    tells: 'URLs of files are relative.',
    script: () => ({ steps: [running(), complete()], fileUrl: '{{type}}_{{number}}.ndjson' }),
    ends: { state: 'completed', outputCount: 2 },
  },
  'linuxforhealth/empty': {
    plays: 'linuxforhealth',
    tells: 'An empty export has no member output, and an OperationOutcome in its extension.',
    script: () => ({
      steps: [running(), complete()],
      manifestExtra: { output: null, extension: { outcome: working } },
    }),
    ends: { state: 'completed', outputCount: 0 },
  },
  'linuxforhealth/transient': {
    plays: 'linuxforhealth',
    tells: 'A 500 with the code transient.',
    script: () => ({
      steps: [outcome(500, { code: 'transient', text: 'Unexpected error' }), complete()],
    }),
    ends: { state: 'completed', outputCount: 2 },
    meets: ['provider-error'],
  },
  'eclinicalworks/plain': {
    plays: 'eclinicalworks',
    tells: 'Two hours until the next poll, then two minutes.',
    script: ({ retryAfterSeconds: wait } = {}) => ({
      steps: [
        running({ retryAfterSeconds: wait ?? 7_200 }),
        running({ retryAfterSeconds: wait ?? 120 }),
        complete(),
      ],
    }),
    ends: { state: 'completed', outputCount: 2 },
  },
} as const satisfies Scenarios;
