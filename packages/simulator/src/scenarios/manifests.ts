import type { Scenarios } from './scenario.js';
import { complete, outcome, running, status } from './steps.js';

const fiveFiles = ['Patient', 'Observation', 'Condition', 'Encounter', 'Procedure'].map((type) => ({
  type,
}));

/** Manifests of every generation, in one piece, in pages and in parts. */
export const manifests = {
  'manifest/v1': {
    plays: 'generic',
    tells: 'A manifest of the first generation.',
    script: () => ({ manifest: 1, steps: [complete()], error: [{ type: 'OperationOutcome' }] }),
    ends: { state: 'completed', outputCount: 2, errorCount: 1 },
  },
  'manifest/v2': {
    plays: 'generic',
    tells: 'A manifest of the second generation, which tells of deletions too.',
    script: () => ({ manifest: 2, steps: [complete()], deleted: [{ type: 'Bundle' }] }),
    ends: { state: 'completed', outputCount: 2, errorCount: 0 },
  },
  'manifest/v3': {
    plays: 'generic',
    tells: 'A manifest of the third generation, with outputOrganizedBy that is empty.',
    script: () => ({ manifest: 3, steps: [complete()], error: [{ type: 'OperationOutcome' }] }),
    ends: { state: 'completed', outputCount: 2, errorCount: 1 },
  },
  'manifest/v4': {
    plays: 'generic',
    tells: 'A manifest of the fourth generation: no request, and outcome where error was.',
    script: () => ({ manifest: 4, steps: [complete()], error: [{ type: 'OperationOutcome' }] }),
    ends: { state: 'completed', outputCount: 2, errorCount: 1 },
  },
  'manifest/empty': {
    plays: 'generic',
    tells: 'There was nothing to export.',
    script: () => ({ steps: [complete()], output: [] }),
    ends: { state: 'completed', outputCount: 0 },
  },
  'manifest/as-text': {
    plays: 'generic',
    tells: 'The manifest is said to be plain text.',
    script: () => ({ steps: [complete({ headers: { 'Content-Type': 'text/plain' } })] }),
    ends: { state: 'completed', outputCount: 2 },
  },
  'manifest/html': {
    plays: 'generic',
    tells: 'A gateway answers 200 with a page of HTML, then the manifest comes.',
    script: () => ({ steps: [status(200, { body: '<html>One moment</html>' }), complete()] }),
    ends: { state: 'completed', outputCount: 2 },
    meets: ['response-unreadable'],
  },
  'manifest/never': {
    plays: 'generic',
    tells: 'A 200 with JSON that is no manifest, for ever.',
    script: () => ({ steps: [status(200, { body: { done: 'perhaps' } })] }),
    ends: { state: 'failed', reason: 'manifest-invalid' },
    slow: true,
  },
  'paging/five-pages': {
    plays: 'generic',
    tells: 'Five pages of one file each.',
    script: () => ({
      manifest: 3,
      output: fiveFiles,
      steps: [complete({ files: [0, 1], next: '2' })],
      pages: {
        2: [complete({ files: [1, 2], next: '3' })],
        3: [complete({ files: [2, 3], next: '4' })],
        4: [complete({ files: [3, 4], next: '5' })],
        5: [complete({ files: [4, 5] })],
      },
    }),
    ends: { state: 'completed', outputCount: 5, partials: 4 },
  },
  'paging/page-waits': {
    plays: 'generic',
    tells: 'The second page is not ready at first and answers 202.',
    script: ({ retryAfterSeconds: wait = 10 } = {}) => ({
      manifest: 3,
      steps: [complete({ files: [0, 1], next: '2' })],
      pages: { 2: [running({ retryAfterSeconds: wait }), complete({ files: [1, 2] })] },
    }),
    ends: { state: 'completed', outputCount: 2, partials: 1 },
  },
  'paging/page-stumbles': {
    plays: 'generic',
    tells: 'The second page answers 503 once.',
    script: () => ({
      manifest: 3,
      steps: [complete({ files: [0, 1], next: '2' })],
      pages: { 2: [status(503), complete({ files: [1, 2] })] },
    }),
    ends: { state: 'completed', outputCount: 2, partials: 1 },
    meets: ['provider-error'],
  },
  'paging/page-fails': {
    plays: 'generic',
    tells: 'The third page is gone; the files of the first two are to be had.',
    script: () => ({
      manifest: 3,
      output: fiveFiles,
      steps: [complete({ files: [0, 1], next: '2' })],
      pages: {
        2: [complete({ files: [1, 2], next: '3' })],
        3: [outcome(410, { code: 'not-found', text: 'This page has expired.' })],
      },
    }),
    ends: { state: 'completed', reason: 'manifest-incomplete', outputCount: 2, partials: 2 },
  },
  'paging/loop': {
    plays: 'generic',
    tells: 'The third page leads back to the second.',
    script: () => ({
      manifest: 3,
      output: fiveFiles,
      steps: [complete({ files: [0, 1], next: '2' })],
      pages: {
        2: [complete({ files: [1, 2], next: '3' })],
        3: [complete({ files: [2, 3], next: '2' })],
      },
    }),
    ends: { state: 'completed', reason: 'manifest-incomplete', outputCount: 3, partials: 2 },
  },
  'partial/grows': {
    plays: 'generic',
    tells: 'The manifest so far lists one file, then three, then all five.',
    script: ({ retryAfterSeconds: wait = 10 } = {}) => ({
      manifest: 3,
      output: fiveFiles,
      steps: [
        { answer: 'partial', files: 1, retryAfterSeconds: wait },
        { answer: 'partial', files: 3, retryAfterSeconds: wait },
        complete(),
      ],
    }),
    ends: { state: 'completed', outputCount: 5, partials: 2 },
  },
  'partial/unchanged': {
    plays: 'generic',
    tells: 'The manifest so far comes twice without anything new.',
    script: ({ retryAfterSeconds: wait = 10 } = {}) => ({
      manifest: 3,
      steps: [{ answer: 'partial', files: 1, times: 2, retryAfterSeconds: wait }, complete()],
    }),
    ends: { state: 'completed', outputCount: 2, partials: 1 },
  },
} as const satisfies Scenarios;
