import type { ExportStep } from '../export-step.js';
import type { Scenarios } from './scenario.js';
import { complete, outcome, running, status } from './steps.js';

const to = (code: number, url: string): ExportStep => ({
  answer: 'redirect',
  status: code,
  to: url,
});

export const redirects = {
  'redirect/303-absolute': {
    plays: 'generic',
    tells: 'The export ends with a 303 to the URL of its manifest.',
    script: ({ retryAfterSeconds: wait = 10 } = {}) => ({
      steps: [running({ retryAfterSeconds: wait }), to(303, '{{page:result}}')],
      pages: { result: [complete()] },
    }),
    ends: { state: 'completed', outputCount: 2 },
  },
  'redirect/303-relative': {
    plays: 'generic',
    tells: 'The same with a path for a Location.',
    script: ({ retryAfterSeconds: wait = 10 } = {}) => ({
      steps: [running({ retryAfterSeconds: wait }), to(303, '{{page:result:relative}}')],
      pages: { result: [complete()] },
    }),
    ends: { state: 'completed', outputCount: 2 },
  },
  'redirect/303-failed': {
    plays: 'generic',
    tells: 'A 303 to a URL that tells that the export has failed.',
    script: () => ({
      steps: [to(303, '{{page:result}}')],
      pages: { result: [outcome(422, { code: 'processing', text: 'The group is empty.' })] },
    }),
    ends: { state: 'failed', reason: 'export-failed' },
  },
  'redirect/created': {
    plays: 'generic',
    tells: 'A 201 that names the URL of the manifest.',
    script: () => ({
      steps: [status(201, { headers: { Location: '{{page:result}}' } })],
      pages: { result: [complete()] },
    }),
    ends: { state: 'completed', outputCount: 2 },
  },
  'redirect/temporary': {
    plays: 'generic',
    tells: 'One poll is sent elsewhere by 307; the next one belongs to the status URL again.',
    script: ({ retryAfterSeconds: wait = 10 } = {}) => ({
      steps: [to(307, '{{page:mirror}}'), complete()],
      pages: { mirror: [running({ retryAfterSeconds: wait })] },
    }),
    ends: { state: 'completed', outputCount: 2 },
  },
  'redirect/permanent': {
    plays: 'generic',
    tells: 'The export has moved by 308: polls belong to the new URL from then on.',
    script: ({ retryAfterSeconds: wait = 10 } = {}) => ({
      steps: [to(308, '{{page:moved}}'), status(500)],
      pages: { moved: [running({ retryAfterSeconds: wait }), complete()] },
    }),
    ends: { state: 'completed', outputCount: 2 },
  },
  'redirect/two-hops': {
    plays: 'generic',
    tells: 'A redirect to a redirect to the manifest.',
    script: () => ({
      steps: [to(302, '{{page:hop}}')],
      pages: { hop: [to(307, '{{page:end}}')], end: [complete()] },
    }),
    ends: { state: 'completed', outputCount: 2 },
  },
  'redirect/loop': {
    plays: 'generic',
    tells: 'Two URLs that send a client from one to the other and back, for ever.',
    script: () => ({
      steps: [to(302, '{{page:there}}')],
      pages: { there: [to(302, '{{statusUrl}}')] },
    }),
    ends: { state: 'failed', reason: 'request-refused' },
    meets: ['redirect-refused'],
    slow: true,
  },
  'redirect/nowhere': {
    plays: 'generic',
    tells: 'A redirect without a Location.',
    script: () => ({ steps: [status(302)] }),
    ends: { state: 'failed', reason: 'request-refused' },
    meets: ['redirect-refused'],
    slow: true,
  },
  'redirect/file': {
    plays: 'generic',
    tells: 'A redirect to a file of the machine that follows it.',
    script: () => ({ steps: [to(302, 'file:///etc/hostname')] }),
    ends: { state: 'failed', reason: 'request-refused' },
    meets: ['redirect-refused'],
    slow: true,
  },
  'redirect/other-origin': {
    plays: 'generic',
    tells:
      'A redirect to another origin, which completes the export where that is trusted and must never get the token.',
    script: () => ({ steps: [to(307, '{{page:end:other}}')], pages: { end: [complete()] } }),
    ends: { state: 'open', reason: 'provider-not-allowed' },
  },
} as const satisfies Scenarios;
