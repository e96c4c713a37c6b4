import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readExpiry } from './expiry.js';

const receivedAt = Date.UTC(2025, 5, 1, 12);
const later = 'Mon, 02 Jun 2025 12:00:00 GMT';

describe('readExpiry', () => {
  it.each([
    later,
    'Tue, 02 Jun 2025 12:00:00 GMT',
    'Monday, 02-Jun-25 12:00:00 GMT',
    'Mon Jun  2 12:00:00 2025',
    'Mon, 2 Jun 2025 14:00:00 +0200',
    '2025-06-02T12:00:00Z',
    '2025-06-02T12:00:00.000+00:00',
    '2025-06-02 12:00:00.000 +0000',
    '2025-06-02 12:00:00 +0000 UTC',
    '2025-06-02 14:00:00 +0200 CEST m=+0.000012345',
  ])('reads an instant ahead: %s', (header) => {
    expect(readExpiry(header, receivedAt)).toStrictEqual({ expiresAt: Date.UTC(2025, 5, 2, 12) });
  });

  it('reads the last instant of the year 9999, and none after it', () => {
    expect(readExpiry('Fri, 31 Dec 9999 23:59:59 GMT', receivedAt).expiresAt).toBe(
      Date.UTC(9999, 11, 31, 23, 59, 59),
    );
    expect(readExpiry('9999-12-31T23:59:59-01:00', receivedAt)).toStrictEqual({
      anomaly: 'expires-unreadable',
    });
  });

  it('knows nothing where there is no header', () => {
    expect(readExpiry(undefined, receivedAt)).toStrictEqual({});
  });

  it.each([
    'Sun, 01 Jun 2025 11:59:59 GMT',
    'Sun, 01 Jun 2025 12:00:00 GMT',
    'Thu, 01 Jan 1970 00:00:00 GMT',
    '2025-06-01T12:00:00Z',
  ])('takes %s, which has passed, for unknown', (header) => {
    expect(readExpiry(header, receivedAt)).toStrictEqual({});
  });

  it.each(['0', ' 0 ', '0, 0', ['0', '0']])(
    'takes %j for unknown, and for nothing odd',
    (header) => {
      expect(readExpiry(header, receivedAt)).toStrictEqual({});
    },
  );

  it.each([
    '',
    '-1',
    'never',
    'EXAMPLE_EXPIRATION_DATE',
    // What Go writes for an instant that was never set.
    '0001-01-01 00:00:00 +0000 UTC',
    '2025-06-02',
    '2025-06-02T12:00:00',
    '86400',
    '1748865600',
    ['0', 'never'],
  ])('counts %j as unreadable', (header) => {
    expect(readExpiry(header, receivedAt)).toStrictEqual({ anomaly: 'expires-unreadable' });
  });

  it('takes the first usable of repeated headers', () => {
    expect(readExpiry(['0', later], receivedAt).expiresAt).toBe(Date.UTC(2025, 5, 2, 12));
  });

  it('takes repeated headers apart that a gateway has joined', () => {
    expect(readExpiry(`0, ${later}`, receivedAt).expiresAt).toBe(Date.UTC(2025, 5, 2, 12));
  });

  it('is total, and what it knows is ahead and can be written as ISO 8601', () => {
    const anyText = fc.oneof(
      fc.string(),
      fc.date({ noInvalidDate: true }).map((date) => date.toUTCString()),
      fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
    );
    const anyHeader = fc.oneof(fc.constant(undefined), anyText, fc.array(anyText));
    fc.assert(
      fc.property(anyHeader, (header) => {
        const { expiresAt, anomaly } = readExpiry(header, receivedAt);
        expect(expiresAt === undefined || anomaly === undefined).toBe(true);
        expect(expiresAt ?? receivedAt + 1).toBeGreaterThan(receivedAt);
        expect(new Date(expiresAt ?? 0).toISOString()).toHaveLength(24);
      }),
    );
  });
});
