import type { ExportStep } from '../export-step.js';
import { family, type Scenarios } from './scenario.js';
import { complete, outcome, running, status } from './steps.js';

interface StatusRow {
  readonly tells: string;
  readonly step: ExportStep;
  readonly reason: string;
}

/** Answers that say nothing of the export. Each comes once. */
const passing = {
  'not-modified': { tells: 'A 304 that nobody asked for', step: status(304), reason: '' },
  'request-timeout': { tells: 'A 408', step: status(408), reason: 'provider-error' },
  'too-early': { tells: 'A 425', step: status(425), reason: 'provider-error' },
  'no-content': { tells: 'A 204', step: status(204), reason: 'response-unreadable' },
  'bad-gateway': {
    tells: 'A 502 in HTML',
    step: status(502, { headers: { 'Content-Type': 'text/html' }, body: '<h1>Bad Gateway</h1>' }),
    reason: 'provider-error',
  },
  'unknown-529': { tells: 'A 529', step: status(529), reason: 'provider-error' },
  'transient-400': {
    tells: 'A 400 with the code transient',
    step: outcome(400, { code: 'transient', text: 'Not now.' }),
    reason: 'provider-error',
  },
  'transient-404': {
    tells: 'A 404 with the code lock-error',
    step: outcome(404, { code: 'lock-error', text: 'Not now.' }),
    reason: 'provider-error',
  },
  'timeout-500': {
    tells: 'A 500 with the code timeout',
    step: outcome(500, { code: 'timeout', text: 'Not now.' }),
    reason: 'provider-error',
  },
  'empty-500': { tells: 'A 500 with no body', step: status(500), reason: 'provider-error' },
  'exception-500': {
    tells: 'A 500 with the code exception',
    step: outcome(500, { code: 'exception', text: 'Something went wrong.' }),
    reason: 'provider-error',
  },
} as const satisfies Readonly<Record<string, StatusRow>>;

/** Answers that end the export when they stay. */
const lasting = {
  'bad-request': { tells: 'A 400', step: status(400), reason: 'export-failed' },
  unprocessable: { tells: 'A 422', step: status(422), reason: 'export-failed' },
  'processing-500': {
    tells: 'A 500 with the code processing, as in the specification',
    step: outcome(500, { code: 'processing', text: 'An internal error has occurred.' }),
    reason: 'export-failed',
  },
  'method-not-allowed': { tells: 'A 405', step: status(405), reason: 'request-refused' },
  'not-implemented': { tells: 'A 501', step: status(501), reason: 'request-refused' },
} as const satisfies Readonly<Record<string, StatusRow>>;

export const statuses = {
  ...family('passing', passing, ({ tells, step, reason }) => ({
    plays: 'generic',
    tells: `${tells}, once.`,
    script: ({ retryAfterSeconds = 10 } = {}) => ({
      steps: [running({ retryAfterSeconds }), step, complete()],
    }),
    ends: { state: 'completed', outputCount: 2 },
    meets: reason === '' ? [] : [reason],
  })),
  ...family('lasting', lasting, ({ tells, step, reason }) => ({
    plays: 'generic',
    tells: `${tells}, for ever.`,
    script: () => ({ steps: [step] }),
    ends: { state: 'failed', reason },
  })),
  'lasting/conflict': {
    plays: 'generic',
    tells: 'A 409, for ever.',
    script: () => ({ steps: [status(409)] }),
    ends: { state: 'failed', reason: 'export-failed' },
    slow: true,
  },
} satisfies Scenarios;
