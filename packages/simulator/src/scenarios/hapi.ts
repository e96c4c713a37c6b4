import type { Scenarios } from './scenario.js';
import { complete, running, status } from './steps.js';

const building = (state: string, retryAfterSeconds: number) =>
  running({ retryAfterSeconds, progress: `Build in progress - Status set to ${state} at {{iso}}` });

/** HAPI's text ends with the state when the export was cancelled or is in error. */
const ended = (state: string, retryAfterSeconds: number) =>
  running({ retryAfterSeconds, progress: `Build in progress - Status set to ${state}` });

const done = complete({ headers: { Expires: null, 'Content-Type': 'application/json' } });

export const hapi = {
  'hapi/plain': {
    plays: 'hapi',
    tells:
      'Two minutes between polls, a year in the progress text, no Expires though files live 2 h.',
    script: ({ retryAfterSeconds: wait = 120 } = {}) => ({
      steps: [building('IN_PROGRESS', wait), building('IN_PROGRESS', wait), done],
      manifestExtra: { msg: 'The export is complete.' },
    }),
    ends: { state: 'completed', outputCount: 2, expiryAssumed: true },
  },
  'hapi/cancelled-stays-202': {
    plays: 'hapi',
    tells: 'A cancelled export goes on answering 202; only the progress text tells.',
    script: ({ retryAfterSeconds: wait = 120 } = {}) => ({
      steps: [building('IN_PROGRESS', wait), ended('CANCELLED', wait)],
    }),
    ends: { state: 'cancelled', reason: 'export-cancelled' },
  },
  'hapi/errored-stays-202': {
    plays: 'hapi',
    tells:
      'An export in error goes on answering 202, and may be tried again; only a deadline ends it.',
    script: ({ retryAfterSeconds: wait = 120 } = {}) => ({
      steps: [building('IN_PROGRESS', wait), ended('ERRORED', wait)],
    }),
    ends: { state: 'open' },
  },
  'hapi/errored-comes-round': {
    plays: 'hapi',
    tells: 'An export in error is tried again and completes.',
    script: ({ retryAfterSeconds: wait = 120 } = {}) => ({
      steps: [{ ...ended('ERRORED', wait), times: 2 }, building('IN_PROGRESS', wait), done],
    }),
    ends: { state: 'completed', outputCount: 2, expiryAssumed: true },
  },
  'hapi/report-late': {
    plays: 'hapi',
    tells: 'A 200 with an empty body, then the manifest after all.',
    script: ({ retryAfterSeconds: wait = 120 } = {}) => ({
      steps: [building('IN_PROGRESS', wait), status(200), done],
    }),
    ends: { state: 'completed', outputCount: 2, expiryAssumed: true },
    meets: ['response-unreadable'],
  },
  'hapi/report-missing': {
    plays: 'hapi',
    tells: 'A 200 with an empty body for ever: the report is lost.',
    script: () => ({ steps: [status(200)] }),
    ends: { state: 'failed', reason: 'manifest-invalid' },
    slow: true,
  },
  'hapi/failed': {
    plays: 'hapi',
    tells: 'A 500 with an OperationOutcome whose issue has no code.',
    script: () => ({
      steps: [
        status(500, {
          body: {
            resourceType: 'OperationOutcome',
            issue: [{ severity: 'error', diagnostics: 'The export has failed.' }],
          },
        }),
      ],
    }),
    ends: { state: 'failed', reason: 'export-failed' },
    slow: true,
  },
  'hapi/without-errors': {
    plays: 'hapi',
    tells: 'The manifest has no member error, as it once was.',
    script: ({ retryAfterSeconds: wait = 120 } = {}) => ({
      steps: [building('IN_PROGRESS', wait), done],
      manifestExtra: { error: null },
    }),
    ends: { state: 'completed', outputCount: 2, errorCount: 0, expiryAssumed: true },
  },
} as const satisfies Scenarios;
