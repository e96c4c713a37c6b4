import { describe, expect, it } from 'vitest';
import { contextOf, readStatus, receivedAt } from '../../../tests/tracked.js';
import type { StatusResponse } from '../status-response.js';
import { readOk } from './read-ok.js';

const manifest = '{"transactionTime":"2025-06-01T11:00:00Z","output":[]}';
const hints = { retryAfter: {} };

function answer(status: number, headers: StatusResponse['headers'], body = ''): StatusResponse {
  return { status, headers, body: new TextEncoder().encode(body), receivedAt };
}

describe('readOk', () => {
  const read = (exportStatus: string | readonly string[], body = manifest) =>
    readOk(answer(200, { 'x-export-status': exportStatus }, body), hints, contextOf());
  const kindOf = (...args: Parameters<typeof read>) => read(...args).kind;

  it('lets X-Export-Status say what the status of the export is', () => {
    expect(kindOf('202')).toBe('in-progress');
    expect(kindOf('202 Accepted', '')).toBe('in-progress');
    expect(kindOf(['?', '202 Accepted'])).toBe('in-progress');
    expect(kindOf('200 OK')).toBe('complete');
    expect(kindOf('303 See Other')).toBe('complete');
    expect(kindOf('399')).toBe('complete');
    expect(kindOf('400')).toBe('export-failed');
    expect(kindOf('404 Not Found')).toBe('export-failed');
    expect(kindOf('599')).toBe('export-failed');
  });

  it('tells why a failed export failed', () => {
    const outcome = '{"resourceType":"OperationOutcome","issue":[{"diagnostics":"Disk full"}]}';

    expect(read('500 Oops', outcome)).toMatchObject({ detail: 'X-Export-Status 500: Disk full' });
    expect(read('500 Oops', 'Disk full')).toMatchObject({ detail: 'X-Export-Status 500' });
  });

  it.each(['', 'Accepted', '2020', '600', '99', 'HTTP/1.1 202'])(
    'passes over an X-Export-Status of %j',
    (exportStatus) => {
      expect(kindOf(exportStatus)).toBe('complete');
      expect(kindOf(exportStatus, '')).toBe('poll-failed');
    },
  );

  it('gives the manifest without a byte order mark', () => {
    const reading = readOk(answer(200, {}, `\ufeff${manifest}`), hints, contextOf());

    expect(reading).toMatchObject({ manifest: new TextEncoder().encode(manifest) });
  });
});

describe('the other statuses of success', () => {
  it.each([201, 203, 204, 206, 299])('complete on no manifest under %d', (status) => {
    expect(readStatus(answer(status, {}, manifest))).toMatchObject({
      kind: 'poll-failed',
      reason: 'response-unreadable',
      budget: { reason: 'manifest-invalid' },
    });
  });
});
