import { describe, expect, it } from 'vitest';
import { exportScriptSchema } from './export-script.js';
import { stepOfPoll } from './export-step.js';
import { oracleExport } from './oracle-export.js';

const answers = (script: unknown, polls: number) => {
  const { steps } = exportScriptSchema.parse(script);
  return Array.from({ length: polls }, (_, poll) => stepOfPoll(steps, poll).answer);
};

describe('stepOfPoll', () => {
  it('gives each step as often as it says, and the last one for ever', () => {
    const steps = [{ answer: 'in-progress', times: 2 }, { answer: 'complete' }];
    expect(answers({ steps }, 5)).toEqual([
      'in-progress',
      'in-progress',
      'complete',
      'complete',
      'complete',
    ]);
  });
});

describe('oracleExport', () => {
  it('is in progress for so many polls, telling its progress in turn, then ends', () => {
    const script = oracleExport({ polls: 3, retryAfterSeconds: 7, progress: ['10%', '60%'] });
    expect(script.steps).toEqual([
      { answer: 'in-progress', retryAfterSeconds: 7, progress: '10%' },
      { answer: 'in-progress', retryAfterSeconds: 7, progress: '60%' },
      { answer: 'in-progress', retryAfterSeconds: 7, progress: '60%' },
      { answer: 'complete' },
    ]);
    expect(
      answers(oracleExport({ polls: 0, ending: { answer: 'status', status: 500 } }), 1),
    ).toEqual(['status']);
  });
});

describe('exportScriptSchema', () => {
  const step = { answer: 'in-progress' };
  it.each([
    ['no steps', { steps: [] }],
    ['a misspelt field', { steps: [{ ...step, retryAfter: 1 }] }],
    ['a status answer without its status', { steps: [{ answer: 'status' }] }],
    ['an informational status', { steps: [{ answer: 'status', status: 102 }] }],
    ['a header that smuggles another', { steps: [{ ...step, headers: { a: 'b\r\nc: d' } }] }],
    ['a header name that is none', { steps: [{ ...step, headers: { 'a b': 'c' } }] }],
    ['a body that cannot be sent', { steps: [{ ...step, body: 1n }] }],
    ['an id of more than one path segment', { steps: [step], id: 'a/b' }],
  ])('refuses %s', (_what, script) => {
    expect(exportScriptSchema.safeParse(script).success).toBe(false);
  });

  it.each([
    ['an answer that there is none of', { steps: [{ answer: 'maybe' }] }, 'steps.0.answer'],
    ['a fault that there is none of', { steps: [{ ...step, fault: 'x' }] }, 'steps.0.fault'],
    ['a redirect without a target', { steps: [{ answer: 'redirect', status: 303 }] }, 'steps.0.to'],
    ['a generation to come', { steps: [step], manifest: 5 }, 'manifest'],
    ['a page without steps', { steps: [step], pages: { a: [] } }, 'pages.a'],
    [
      'a link to no page',
      { steps: [{ answer: 'complete', next: 'b' }], pages: { a: [step] } },
      'steps.0.next',
    ],
    [
      'a placeholder of no page',
      { steps: [step], pages: { a: [{ answer: 'redirect', status: 303, to: '{{page:b}}' }] } },
      'pages.a.0.to',
    ],
    [
      'a misspelt placeholder in a header',
      { steps: [step, { ...step, headers: { Expires: ['{{later}}'] } }] },
      'steps.1.headers',
    ],
    [
      'a misspelt placeholder in a body',
      { steps: [step], deleteSteps: [{ ...step, body: { url: '{{orign}}' } }] },
      'deleteSteps.0.body',
    ],
    ['a misspelt placeholder in a file URL', { steps: [step], fileUrl: '{{kind}}' }, 'fileUrl'],
    ['a manifest member that is no JSON', { steps: [step], manifestExtra: { a: 1n } }, 'manifest'],
  ])('names the field of %s', (_what, script, field) => {
    const { error } = exportScriptSchema.safeParse(script);
    expect(error?.issues.map(({ path }) => path.join('.')).join()).toMatch(field);
  });
});
