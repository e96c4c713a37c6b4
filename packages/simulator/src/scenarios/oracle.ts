import type { Scenarios } from './scenario.js';
import { complete, outcome, running, status } from './steps.js';

const inProgress = (retryAfterSeconds: number) =>
  running({ retryAfterSeconds, progress: 'in-progress' });

const dead = { code: 'exception', severity: 'fatal', text: 'The export has failed.' } as const;

export const oracle = {
  'oracle-millennium/plain': {
    plays: 'oracle-millennium',
    tells:
      'Two polls in progress, ten minutes apart, then the manifest of files that live 30 days.',
    script: ({ retryAfterSeconds: wait = 600 } = {}) => ({
      steps: [inProgress(wait), inProgress(wait), complete({ progress: 'completed' })],
    }),
    ends: { state: 'completed', outputCount: 2, errorCount: 0, expiryAssumed: false },
  },
  'oracle-millennium/five-hours': {
    plays: 'oracle-millennium',
    tells: 'The next poll is wanted in five hours.',
    script: ({ retryAfterSeconds: wait = 18_000 } = {}) => ({
      steps: [inProgress(wait), complete()],
    }),
    ends: { state: 'completed', outputCount: 2 },
  },
  'oracle-millennium/wrong-weekday': {
    plays: 'oracle-millennium',
    tells:
      'Expires names a weekday that is not that of its date, as the example in the documentation.',
    script: ({ retryAfterSeconds: wait = 600 } = {}) => ({
      steps: [inProgress(wait), complete({ headers: { Expires: '{{wrongWeekday+2592000}}' } })],
    }),
    ends: { state: 'completed', outputCount: 2, expiryAssumed: false },
  },
  'oracle-millennium/token-expires': {
    plays: 'oracle-millennium',
    tells: 'The access token, which lives 570 s, has expired by the second poll.',
    script: ({ retryAfterSeconds: wait = 600 } = {}) => ({
      steps: [
        inProgress(wait),
        outcome(401, { code: 'expired', text: 'The access token has expired.' }),
        complete(),
      ],
    }),
    ends: { state: 'completed', outputCount: 2 },
  },
  'oracle-millennium/blip': {
    plays: 'oracle-millennium',
    tells: 'A 500 that says fatal and exception once, though the export is well.',
    script: ({ retryAfterSeconds: wait = 600 } = {}) => ({
      steps: [inProgress(wait), outcome(500, dead), complete()],
    }),
    ends: { state: 'completed', outputCount: 2 },
    meets: ['provider-error'],
  },
  'oracle-millennium/dead': {
    plays: 'oracle-millennium',
    tells: 'The same 500 for ever: the export is dead.',
    script: () => ({ steps: [outcome(500, dead)] }),
    ends: { state: 'failed', reason: 'export-failed' },
    slow: true,
  },
  'oracle-millennium/throttled': {
    plays: 'oracle-millennium',
    tells: 'A 429 that an OperationOutcome explains.',
    script: ({ retryAfterSeconds: wait = 600 } = {}) => ({
      steps: [
        outcome(429, { code: 'throttled', text: 'Slow down.' }, { retryAfterSeconds: wait }),
        complete(),
      ],
    }),
    ends: { state: 'completed', outputCount: 2 },
    meets: ['rate-limited'],
  },
  'oracle-millennium/forbidden': {
    plays: 'oracle-millennium',
    tells: 'A 403 for ever: the token is of another client than the kick-off request.',
    script: () => ({ steps: [outcome(403, { code: 'forbidden', text: 'Not your export.' })] }),
    ends: { state: 'open', reason: 'auth-rejected' },
  },
  'oracle-millennium/not-found': {
    plays: 'oracle-millennium',
    tells: 'A 404 for ever.',
    script: () => ({ steps: [outcome(404, { code: 'not-found', text: 'No such job.' })] }),
    ends: { state: 'failed', reason: 'export-unknown' },
    slow: true,
  },
  'oracle-millennium/not-acceptable': {
    plays: 'oracle-millennium',
    tells: 'A 406 with no body, whatever is asked for.',
    script: () => ({ steps: [status(406)] }),
    ends: { state: 'failed', reason: 'request-refused' },
    meets: ['request-refused'],
  },
  'oracle-soarian/plain': {
    plays: 'oracle-soarian',
    tells:
      'Wants Prefer: respond-async on every poll, names no delay, and writes a boolean as text.',
    script: () => ({
      requireHeaders: { Prefer: 'respond-async' },
      steps: [running({ progress: '23.0% complete' }), complete({ headers: { Expires: null } })],
      manifestExtra: { requiresAccessToken: 'true' },
    }),
    ends: { state: 'completed', outputCount: 2 },
  },
  'oracle-soarian/deleted': {
    plays: 'oracle-soarian',
    tells: 'A 404 with the code deleted: cancelled, or expired.',
    script: () => ({ steps: [outcome(404, { code: 'deleted', text: 'The job was deleted.' })] }),
    ends: { state: 'failed', reason: 'export-unknown' },
    slow: true,
  },
} as const satisfies Scenarios;
