import { describe, expect, it } from 'vitest';
import { growingWait } from './pace.js';
import { defaultPolicy } from './policy.js';

describe('defaultPolicy', () => {
  it('keeps every pace between floor and ceiling', () => {
    const { floorMs, ceilingMs, backoff, blocked, rateLimited, confirmationMs } = defaultPolicy;
    const waits = [backoff, blocked, rateLimited].flatMap(({ baseMs, capMs }) => [baseMs, capMs]);

    for (const wait of [...waits, confirmationMs]) {
      expect(wait).toBeGreaterThanOrEqual(floorMs);
      expect(wait).toBeLessThanOrEqual(ceilingMs);
    }
  });

  it('backs off from five seconds to five minutes', () => {
    const waits = [0, 1, 2, 9, 1000].map((count) =>
      Math.ceil(growingWait(defaultPolicy.backoff, count)),
    );

    expect(waits).toEqual([5000, 8000, 12_801, 300_000, 300_000]);
  });

  it('spreads the four confirmations of a plain 404 over more than five minutes', () => {
    const pace = { baseMs: defaultPolicy.confirmationMs, capMs: defaultPolicy.ceilingMs };
    const waits = [0, 1, 2, 3].map((count) => growingWait(pace, count));

    expect(waits.reduce((sum, wait) => sum + wait)).toBeGreaterThan(5 * 60_000);
  });
});
