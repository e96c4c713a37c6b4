import { describe, expect, it } from 'vitest';
import { contextOf } from '../../../tests/tracked.js';
import type { ProviderPreset } from '../../presets/provider-preset.js';
import type { StatusResponse } from '../status-response.js';
import {
  isCancelled,
  readDoubtfulClientError,
  readForbidden,
  readGone,
  readNotFound,
  unlessTransient,
} from './read-client-error.js';

const hints = { retryAfter: {} };
const context = contextOf();

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

    expect(read(answer(410, 'deleted'), hints, context)).toMatchObject(expected);
    expect(read(answer(410, 'exception'), hints, context)).toMatchObject(expected);
    expect(read(answer(410), hints, context)).toMatchObject(expected);
  });

  it('blames the poll when the fault passes by itself', () => {
    expect(read(answer(410, 'timeout'), hints, context)).toMatchObject({
      kind: 'poll-failed',
      reason: 'provider-error',
    });
  });
});

describe('readNotFound', () => {
  it('asks about a 404 longer when no FHIR server answered', () => {
    expect(readNotFound(answer(404, 'not-found'), hints, context)).toMatchObject({
      confirmations: 2,
    });
    expect(readNotFound(answer(404), hints, context)).toMatchObject({ confirmations: 4 });
  });
});

describe('isCancelled', () => {
  const preset = (cancelled: Partial<ProviderPreset['cancelled']>) => ({
    preset: { ...context.preset, cancelled: { statuses: [], codes: [], ...cancelled } },
  });

  it('goes by the statuses of the preset', () => {
    expect(isCancelled(answer(410), preset({ statuses: [410] }))).toBe(true);
    expect(isCancelled(answer(404), preset({ statuses: [410] }))).toBe(false);
    expect(isCancelled(answer(410), preset({}))).toBe(false);
  });

  it('goes by the codes of the preset, under 404 only', () => {
    expect(isCancelled(answer(404, 'deleted'), preset({ codes: ['deleted'] }))).toBe(true);
    expect(isCancelled(answer(404, 'not-found'), preset({ codes: ['deleted'] }))).toBe(false);
    expect(isCancelled(answer(404), preset({ codes: ['deleted'] }))).toBe(false);
    expect(isCancelled(answer(410, 'deleted'), preset({ codes: ['deleted'] }))).toBe(false);
  });

  it('says why a 404 or a 410 ends the export', () => {
    const cancelled = { reason: 'export-cancelled' };
    const firely = { ...context, ...preset({ statuses: [410], codes: ['deleted'] }) };

    expect(readNotFound(answer(404, 'deleted'), hints, firely)).toMatchObject(cancelled);
    expect(readGone(answer(410), hints, firely)).toMatchObject(cancelled);
    expect(readGone(answer(410), hints, context)).toMatchObject({ reason: 'export-expired' });
  });
});

describe('readForbidden', () => {
  it('believes a server that says so in plain words, and that only after a day', () => {
    expect(readForbidden(answer(403, 'forbidden'), hints)).toMatchObject({
      reason: 'auth-rejected',
      budget: { tries: 3, windowMs: 86_400_000, reason: 'access-denied' },
    });
    expect(readForbidden(answer(403, 'expired'), hints)).not.toHaveProperty('budget');
    expect(readForbidden(answer(403), hints)).not.toHaveProperty('budget');
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
