import { describe, expect, it } from 'vitest';
import { exportScriptSchema, stepOfPoll } from './export-script.js';
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
});
