import { describe, expect, it } from 'vitest';
import { readJsonObject } from '../bodies/json-object.js';
import { readBatchResponse } from './batch-response.js';

const bytes = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));
const bundle = (entry: unknown, more: object = {}): Uint8Array =>
  bytes({ resourceType: 'Bundle', type: 'batch-response', entry, ...more });
const ended = (status: unknown, outcome?: unknown) => ({ response: { status, outcome } });

describe('readBatchResponse', () => {
  it('gives the Bundle back, and counts what succeeded and what did not', () => {
    const body = bundle([ended('200 OK'), ended('299'), ended('303'), ended('404'), null, {}]);

    expect(readBatchResponse(readJsonObject(body))).toStrictEqual({
      kind: 'succeeded',
      bytes: body,
      summary: { outputCount: 2, errorCount: 4, transactionTime: null, bytes: body.length },
    });
  });

  it.each([
    [{ timestamp: 'then', meta: { lastUpdated: 'later' } }, 'then'],
    [{ timestamp: 7, meta: { lastUpdated: 'later' } }, 'later'],
    [{ meta: { lastUpdated: 'x'.repeat(1000) } }, 'x'.repeat(64)],
    [{ meta: 'later' }, null],
  ])('takes the transaction time of %j', (more, transactionTime) => {
    expect(readBatchResponse(readJsonObject(bundle([ended('200')], more)))).toMatchObject({
      summary: { transactionTime },
    });
  });

  it.each(['400', '404 Not Found', '500', '599'])(
    'takes %s for the failure of the job',
    (status) => {
      const detail = `batch-response with HTTP ${status.slice(0, 3)}`;

      expect(readBatchResponse(readJsonObject(bundle([ended(status)])))).toStrictEqual({
        kind: 'failed',
        detail,
      });
    },
  );

  it('tells a failure in the words of its outcome', () => {
    const outcome = { resourceType: 'OperationOutcome', issue: [{ diagnostics: 'Disk full' }] };

    expect(
      readBatchResponse(readJsonObject(bundle([ended('500', outcome), ended('200')]))),
    ).toStrictEqual({
      kind: 'failed',
      detail: 'Disk full',
    });
  });

  it.each([
    ['without entries', bundle([])],
    ['with entries that are no list', bundle({ 0: ended('200') })],
    ['whose first entry has no response', bundle([{}, ended('200')])],
    ['whose status is no text', bundle([ended(200)])],
    ['whose status is no code', bundle([ended('OK')])],
    ['whose status says of no end', bundle([ended('100')])],
    ['whose status redirects', bundle([ended('303')])],
    ['of another type', bundle([ended('200')], { type: 'searchset' })],
    ['that is no Bundle', bundle([ended('200')], { resourceType: 'Parameters' })],
    ['with members of a manifest that are none', bundle([ended('200')], { output: 'none' })],
    ['that is no JSON', new TextEncoder().encode('Bundle')],
  ])('reads nothing from a body %s', (_what, body) => {
    expect(readBatchResponse(readJsonObject(body))).toBeUndefined();
  });
});
