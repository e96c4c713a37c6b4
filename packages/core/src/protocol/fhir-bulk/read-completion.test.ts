import { describe, expect, it } from 'vitest';
import { contextOf } from '../../../tests/tracked.js';
import { readCompletion } from './read-completion.js';

const readingOf = (value: object, expires?: string) =>
  readCompletion(
    {
      status: 200,
      headers: { expires },
      body: new TextEncoder().encode(JSON.stringify(value)),
      receivedAt: Date.UTC(2025, 5, 1, 12),
    },
    { retryAfter: {} },
    contextOf(),
  );

const outcome = (...issue: object[]) => ({ resourceType: 'OperationOutcome', issue });

/** The endings themselves are in `fixtures/`. */
describe('readCompletion', () => {
  it.each([
    ['a manifest', { output: [] }],
    [
      'a batch-response',
      { resourceType: 'Bundle', type: 'batch-response', entry: [{ response: { status: '200' } }] },
    ],
  ])('reads the expiry of %s', (_what, value) => {
    expect(readingOf(value, 'Mon, 02 Jun 2025 12:00:00 GMT')).toMatchObject({
      kind: 'complete',
      expiresAt: Date.UTC(2025, 5, 2, 12),
    });
  });

  it.each(['exception', 'processing'])('believes an error of code %s once confirmed', (code) => {
    expect(readingOf(outcome({ severity: 'fatal', code }))).toMatchObject({
      kind: 'export-failed',
      confirmations: 1,
    });
  });

  it.each(['success', 'information', 'warning'])('takes %s for no end', (severity) => {
    expect(readingOf(outcome({ severity, code: 'processing' }))).toMatchObject({
      kind: 'poll-failed',
      budget: { reason: 'manifest-invalid' },
    });
  });
});
