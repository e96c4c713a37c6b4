import { describe, expect, it } from 'vitest';
import { readDelete, readStatus, receivedAt } from '../../tests/tracked.js';
import type { FetchFailure } from '../protocol/status-response.js';
import { type ProviderVerdict, providerVerdict } from './provider-verdict.js';

function verdictOn(status: number, headers: Record<string, string> = {}, text = '') {
  const response = { status, headers, body: new TextEncoder().encode(text), receivedAt };
  const reading = readStatus(response);
  const ofDelete = readDelete(response);
  return [
    providerVerdict({ outcome: { kind: 'read', reading }, status }),
    providerVerdict({ outcome: { kind: 'read', reading: ofDelete }, status }),
    providerVerdict({ outcome: { kind: 'read', reading }, status, elsewhere: true }),
  ];
}

const outcomeOf = (code: string) =>
  `{"resourceType":"OperationOutcome","issue":[{"severity":"fatal","code":"${code}"}]}`;
const retryAfter = { 'retry-after': '60' };

describe('the verdict on a provider that answered', () => {
  it.each([500, 502, 503, 504, 520])('is down by a bare %i', (status) => {
    expect(verdictOn(status)).toEqual(['down', 'down', 'unknown']);
  });

  it.each([200, 202, 302, 400, 401, 403, 404, 406, 408, 410, 425, 429, 501])(
    'is up by a %i',
    (status) => {
      expect(verdictOn(status)).toEqual(['up', 'up', 'unknown']);
    },
  );

  it('is up by maintenance with an end, and down by one without', () => {
    expect(verdictOn(503, retryAfter)).toEqual(['up', 'up', 'unknown']);
    expect(verdictOn(503, { 'retry-after': 'soon' })).toEqual(['down', 'down', 'unknown']);
    expect(verdictOn(502, retryAfter)).toEqual(['down', 'down', 'unknown']);
  });

  it('is up where a 500 tells of the export, down where it may be the fault of the provider', () => {
    expect(verdictOn(500, {}, outcomeOf('processing'))[0]).toBe('up');
    expect(verdictOn(500, {}, outcomeOf('exception'))[0]).toBe('down');
    expect(verdictOn(500, {}, outcomeOf('transient'))[0]).toBe('down');
  });
});

describe('the verdict on a provider that did not answer', () => {
  it.each<[FetchFailure['reason'], ProviderVerdict]>([
    ['connection-failed', 'down'],
    ['tls-failed', 'down'],
    ['timed-out', 'down'],
    ['response-too-large', 'up'],
    ['response-unreadable', 'up'],
    ['auth-rejected', 'up'],
    ['token-unavailable', 'unknown'],
    ['token-refused', 'unknown'],
    ['credential-missing', 'unknown'],
    ['preset-missing', 'unknown'],
    ['provider-not-allowed', 'unknown'],
    ['interrupted', 'unknown'],
  ])('after %s is %s', (reason, verdict) => {
    const outcome = { kind: 'failed', failure: { reason } } as const;

    expect(providerVerdict({ outcome })).toBe(verdict);
    expect(providerVerdict({ outcome, elsewhere: true })).toBe('unknown');
  });
});
