import { describe, expect, it } from 'vitest';
import { readInProgress, readOk, readUnexpectedSuccess } from './read-success.js';
import type { StatusResponse } from './status-response.js';

const manifest = '{"transactionTime":"2025-06-01T11:00:00Z","output":[]}';
const hints = { retryAfter: {} };

function answer(status: number, headers: StatusResponse['headers'], body = ''): StatusResponse {
  const receivedAt = Date.UTC(2025, 5, 1, 12);
  return { status, headers, body: new TextEncoder().encode(body), receivedAt };
}

describe('readOk', () => {
  const kindOf = (exportStatus: string | readonly string[], body = manifest) =>
    readOk(answer(200, { 'x-export-status': exportStatus }, body), hints).kind;

  it('lets X-Export-Status say what the status of the export is', () => {
    expect(kindOf('202')).toBe('in-progress');
    expect(kindOf('202 Accepted', '')).toBe('in-progress');
    expect(kindOf(['?', '202 Accepted'])).toBe('in-progress');
    expect(kindOf('200 OK')).toBe('complete');
    expect(kindOf('404 Not Found')).toBe('export-failed');
    expect(kindOf('599')).toBe('export-failed');
  });

  it.each(['', 'Accepted', '2020', '600', '99', 'HTTP/1.1 202'])(
    'passes over an X-Export-Status of %j',
    (exportStatus) => {
      expect(kindOf(exportStatus)).toBe('complete');
      expect(kindOf(exportStatus, '')).toBe('poll-failed');
    },
  );

  it('gives the manifest without a byte order mark', () => {
    const reading = readOk(answer(200, {}, `\ufeff${manifest}`), hints);

    expect(reading).toMatchObject({ manifest: new TextEncoder().encode(manifest) });
  });

  it('takes a manifest with a next page for complete', () => {
    const paged = '{"output":[],"link":[{"relation":"next","url":"https://a.example/2"}]}';

    expect(readOk(answer(200, {}, paged), hints).kind).toBe('complete');
  });
});

describe('readInProgress', () => {
  it('does not look at the body', () => {
    expect(readInProgress(answer(202, {}, manifest), hints)).toStrictEqual({
      kind: 'in-progress',
      retryAfter: {},
    });
  });
});

describe('readUnexpectedSuccess', () => {
  it.each([201, 203, 204, 206, 299])('completes on no manifest under %d', (status) => {
    expect(readUnexpectedSuccess(answer(status, {}, manifest), hints)).toMatchObject({
      kind: 'poll-failed',
      reason: 'response-unreadable',
      budget: { reason: 'manifest-invalid' },
    });
  });
});
