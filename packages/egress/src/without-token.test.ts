import { Secret } from '@bulkwatch/runtime';
import { describe, expect, it } from 'vitest';
import type { ExchangeOutcome } from './exchange.js';
import { withoutToken } from './without-token.js';

const token = 'canary/canary+canary==';
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const answered = (headers: Record<string, string | string[]>, body = ''): ExchangeOutcome => ({
  kind: 'answered',
  answer: { status: 500, headers, body: bytes(body) },
});

describe('withoutToken', () => {
  it.each([
    ['as it was sent', token],
    ['as JSON with escaped slashes has it', token.replaceAll('/', '\\/')],
    ['as in a URL', encodeURIComponent(token)],
  ])('takes the token out of headers and body, %s', (_how, text) => {
    const outcome = answered({ 'x-progress': `Ü ${text}.`, via: ['a', text] }, `ü ${text} ${text}`);

    expect(withoutToken(outcome, new Secret(token))).toEqual(
      answered({ 'x-progress': 'Ü [secret].', via: ['a', '[secret]'] }, 'ü [secret] [secret]'),
    );
  });

  it('takes it out of the head of an answer whose body was lost', () => {
    const failed = (progress: string): ExchangeOutcome => ({
      kind: 'failed',
      failure: {
        reason: 'connection-failed',
        head: { status: 200, headers: { 'x-progress': progress } },
      },
    });

    expect(withoutToken(failed(token), new Secret(token))).toEqual(failed('[secret]'));
  });

  it('leaves a body without it as it is, not copied', () => {
    const outcome = answered({}, 'a manifest');
    const { body } = (outcome as Extract<ExchangeOutcome, { kind: 'answered' }>).answer;

    expect(withoutToken(outcome, new Secret(token))).toHaveProperty('answer.body', body);
  });

  it('leaves a text alone that is too short to be a secret', () => {
    const outcome = answered({ 'x-progress': '10 %' }, '10');

    expect(withoutToken(outcome, new Secret('10'))).toEqual(outcome);
  });
});
