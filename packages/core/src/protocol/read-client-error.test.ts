import { describe, expect, it } from 'vitest';
import { readDoubtfulClientError, readNotFound, unlessTransient } from './read-client-error.js';
import type { StatusResponse } from './status-response.js';

const hints = { retryAfter: {} };

function answer(status: number, code?: string): StatusResponse {
  const issue = [{ severity: 'error', code }];
  const outcome = JSON.stringify({ resourceType: 'OperationOutcome', issue });
  const body = new TextEncoder().encode(code === undefined ? 'plain text' : outcome);
  return { status, headers: {}, body, receivedAt: Date.UTC(2025, 5, 1) };
}

describe('unlessTransient', () => {
  const read = unlessTransient('export-expired', 3);

  it('ends the export with the given reason and confirmations', () => {
    const expected = { kind: 'export-failed', reason: 'export-expired', confirmations: 3 };

    expect(read(answer(410, 'deleted'), hints)).toMatchObject(expected);
    expect(read(answer(410, 'exception'), hints)).toMatchObject(expected);
    expect(read(answer(410), hints)).toMatchObject(expected);
  });

  it('blames the poll when the fault passes by itself', () => {
    expect(read(answer(410, 'timeout'), hints)).toMatchObject({
      kind: 'poll-failed',
      reason: 'provider-error',
    });
  });
});

describe('readNotFound', () => {
  it('asks about a 404 longer when no FHIR server answered', () => {
    expect(readNotFound(answer(404, 'not-found'), hints)).toMatchObject({ confirmations: 2 });
    expect(readNotFound(answer(404), hints)).toMatchObject({ confirmations: 4 });
  });
});

describe('readDoubtfulClientError', () => {
  it('lets only a FHIR server end the export, and only by insisting', () => {
    const insisting = { kind: 'poll-failed', budget: { tries: 12, reason: 'request-refused' } };

    expect(readDoubtfulClientError(answer(428, 'required'), hints)).toMatchObject(insisting);
    expect(readDoubtfulClientError(answer(418), hints)).not.toHaveProperty('budget');
    expect(readDoubtfulClientError(answer(421, 'transient'), hints)).not.toHaveProperty('budget');
  });
});
