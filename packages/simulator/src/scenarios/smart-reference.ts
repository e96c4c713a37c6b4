import type { Scenarios } from './scenario.js';
import { complete, outcome, running, status } from './steps.js';

const waiting = (retryAfterSeconds: number) =>
  running({ retryAfterSeconds, progress: '12% complete, Please wait...' });
const tooMany = 'Too many requests made. Please wait.';
const blip = outcome(500, { code: 'transient', text: 'A transient error.' });
const shape = { manifest: 3, expiresInSeconds: 3_600 } as const;

/** The reference server of SMART on FHIR, as it was measured. */
export const smartReference = {
  'smart-reference/plain': {
    plays: 'smart-reference',
    tells: 'A second between polls, a progress in words, and outputOrganizedBy that is empty.',
    script: ({ retryAfterSeconds: wait = 1 } = {}) => ({
      ...shape,
      steps: [waiting(wait), complete()],
    }),
    ends: { state: 'completed', outputCount: 2, expiryAssumed: false },
  },
  'smart-reference/partial': {
    plays: 'smart-reference',
    tells: 'A partial manifest with 202, then the manifest in pages.',
    script: ({ retryAfterSeconds: wait = 1 } = {}) => ({
      ...shape,
      steps: [
        { answer: 'partial', files: 1, retryAfterSeconds: wait },
        complete({ files: 1, next: '2' }),
      ],
      pages: { 2: [complete({ files: [1, 2] })] },
    }),
    ends: { state: 'completed', outputCount: 2, partials: 1 },
  },
  'smart-reference/transient': {
    plays: 'smart-reference',
    tells: 'A transient error that comes on two polls, though it is meant to come once.',
    script: ({ retryAfterSeconds: wait = 1 } = {}) => ({
      ...shape,
      steps: [waiting(wait), blip, blip, complete()],
    }),
    ends: { state: 'completed', outputCount: 2 },
    meets: ['provider-error', 'provider-error'],
  },
  'smart-reference/rate-limited': {
    plays: 'smart-reference',
    tells:
      'A 429 in plain text whose Retry-After is an instant in epoch ms, then one in epoch seconds.',
    script: ({ retryAfterSeconds: wait = 300 } = {}) => ({
      ...shape,
      steps: [
        status(429, { retryAfterSeconds: `{{epochMs+${wait}}}`, body: tooMany }),
        status(429, { retryAfterSeconds: `{{epoch+${wait}}}`, body: tooMany }),
        complete(),
      ],
    }),
    ends: { state: 'completed', outputCount: 2 },
    meets: ['rate-limited', 'rate-limited'],
  },
  'smart-reference/too-many-files': {
    plays: 'smart-reference',
    tells: 'A 413 in HTML.',
    script: () => ({
      steps: [status(413, { headers: { 'Content-Type': 'text/html' }, body: 'Too many files' })],
    }),
    ends: { state: 'failed', reason: 'export-failed' },
  },
  'smart-reference/failed': {
    plays: 'smart-reference',
    tells: 'A 400 with an OperationOutcome.',
    script: () => ({
      steps: [outcome(400, { code: 'processing', text: 'The export has failed.' })],
    }),
    ends: { state: 'failed', reason: 'export-failed' },
  },
  'smart-reference/cancelled': {
    plays: 'smart-reference',
    tells: 'A 404 with the code processing, as application/json.',
    script: () => ({
      steps: [
        outcome(
          404,
          { code: 'processing', text: 'The export was cancelled.' },
          { headers: { 'Content-Type': 'application/json' } },
        ),
      ],
    }),
    ends: { state: 'failed', reason: 'export-unknown' },
    slow: true,
  },
} as const satisfies Scenarios;
