import { describe, expect, it } from 'vitest';
import { readExpiry } from './expiry.js';

const receivedAt = Date.UTC(2025, 5, 1, 12);
const later = 'Mon, 02 Jun 2025 12:00:00 GMT';

describe('readExpiry', () => {
  it('reads an instant ahead', () => {
    expect(readExpiry(later, receivedAt)).toStrictEqual({ expiresAt: Date.UTC(2025, 5, 2, 12) });
  });

  it('knows nothing where there is no header', () => {
    expect(readExpiry(undefined, receivedAt)).toStrictEqual({});
  });

  it.each(['Sun, 01 Jun 2025 11:59:59 GMT', 'Sun, 01 Jun 2025 12:00:00 GMT'])(
    'takes %s, which has passed, for unknown',
    (header) => {
      expect(readExpiry(header, receivedAt)).toStrictEqual({});
    },
  );

  it.each(['0', '', '-1', 'never', 'EXAMPLE_EXPIRATION_DATE', '2025-06-02T12:00:00Z', '86400'])(
    'counts %j as unreadable',
    (header) => {
      expect(readExpiry(header, receivedAt)).toStrictEqual({ anomaly: 'expires-unreadable' });
    },
  );

  it('takes the first usable of repeated headers', () => {
    expect(readExpiry(['0', later], receivedAt).expiresAt).toBe(Date.UTC(2025, 5, 2, 12));
  });
});
