import { describe, expect, it } from 'vitest';
import { contextOf } from '../../../tests/tracked.js';
import { genericPreset } from '../../presets/built-in-presets.js';
import type { ReadingHints } from '../status-reading.js';
import type { StatusResponse } from '../status-response.js';
import { readInternalError, readUnavailable } from './read-server-error.js';

const hints = { retryAfter: {} };

function answer(status: number, code?: string): StatusResponse {
  const issue = [{ severity: 'fatal', code }];
  const outcome = JSON.stringify({ resourceType: 'OperationOutcome', issue });
  const body = new TextEncoder().encode(code === undefined ? '' : outcome);
  return { status, headers: {}, body, receivedAt: Date.UTC(2025, 5, 1) };
}

describe('readInternalError', () => {
  it('tells a dead export from a passing fault by the code', () => {
    const final = readInternalError(answer(500, 'business-rule'), hints, contextOf());
    const ambiguous = readInternalError(answer(500, 'exception'), hints, contextOf());
    const transient = readInternalError(answer(500, 'throttled'), hints, contextOf());
    const silent = readInternalError(answer(500), hints, contextOf());

    expect(final).toMatchObject({ kind: 'export-failed', confirmations: 1 });
    expect(ambiguous).toMatchObject({ kind: 'poll-failed', budget: { reason: 'export-failed' } });
    expect(transient).not.toHaveProperty('budget');
    expect(silent).not.toHaveProperty('budget');
  });
});

describe('readUnavailable', () => {
  it('concerns the whole provider only when it says for how long', () => {
    const maintenance = { retryAfter: { delayMs: 60_000 } };
    const unreadable = { retryAfter: { anomaly: 'retry-after-unreadable' as const } };

    const read = (said: ReadingHints, jobStatuses: (429 | 503)[] = []) => {
      const preset = { ...genericPreset, retryAfter: { jobStatuses } };
      return readUnavailable(answer(503), said, contextOf({ preset }));
    };
    expect(read(maintenance)).toMatchObject({ wholeProvider: true });
    expect(read(maintenance, [429])).toMatchObject({ wholeProvider: true });
    expect(read(maintenance, [503])).not.toHaveProperty('wholeProvider');
    expect(read(hints)).not.toHaveProperty('wholeProvider');
    expect(read(unreadable)).not.toHaveProperty('wholeProvider');
  });
});
