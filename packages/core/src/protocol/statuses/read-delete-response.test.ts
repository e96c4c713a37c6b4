import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyContext, anyResponse } from '../../../tests/arbitraries.js';
import { presetCalled, readDelete, receivedAt } from '../../../tests/tracked.js';

function readingOf(status: number, code?: string) {
  const issue = [{ severity: 'error', code }];
  const outcome = JSON.stringify({ resourceType: 'OperationOutcome', issue });
  const body = new TextEncoder().encode(code === undefined ? '' : outcome);
  return readDelete({ status, headers: {}, body, receivedAt });
}

describe('readDeleteResponse', () => {
  it.each([200, 202, 204, 404])('takes %d for accepted', (status) => {
    expect(readingOf(status).kind).toBe('delete-accepted');
  });

  it.each([400, 405, 409, 410, 501])('takes %d for refused', (status) => {
    expect(readingOf(status)).toMatchObject({ kind: 'delete-refused', detail: `HTTP ${status}` });
  });

  it.each([
    [401, 'auth-rejected'],
    [403, 'auth-rejected'],
    [429, 'rate-limited'],
    [300, 'redirect-refused'],
    [302, 'redirect-refused'],
    [304, 'provider-error'],
    [422, 'provider-error'],
    [500, 'provider-error'],
    [503, 'provider-error'],
  ])('takes %d for not heard: %s', (status, reason) => {
    expect(readingOf(status)).toMatchObject({ kind: 'poll-failed', reason });
  });

  it('takes what the provider says of a cancelled export for accepted', () => {
    const gone = { status: 410, headers: {}, body: new Uint8Array(), receivedAt };

    expect(readDelete(gone, { preset: presetCalled('firely') }).kind).toBe('delete-accepted');
  });

  it('follows no redirect', () => {
    const headers = { location: '/elsewhere' };
    const moved = { status: 308, headers, body: new Uint8Array(), receivedAt };

    expect(readDelete(moved)).toMatchObject({ reason: 'redirect-refused', detail: 'HTTP 308' });
  });

  it('takes a refusal that passes by itself, and a failed export, for not heard', () => {
    expect(readingOf(409, 'lock-error')).toMatchObject({ kind: 'poll-failed' });
    expect(readingOf(500, 'processing')).toMatchObject({ kind: 'poll-failed' });
  });

  it('is total', () => {
    const kinds = ['delete-accepted', 'delete-refused', 'poll-failed'];
    fc.assert(
      fc.property(anyResponse, anyContext, (response, context) => {
        expect(kinds).toContain(readDelete(response, context).kind);
      }),
    );
  });
});
