import { describe, expect, it } from 'vitest';
import { growingWait } from './pace.js';
import { defaultPolicy, policyFor } from './policy.js';

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

describe('policyFor', () => {
  it('is the policy itself where the preset says nothing', () => {
    expect(policyFor({ retryAfter: {} }, defaultPolicy)).toStrictEqual(defaultPolicy);
  });

  it('raises the floor, and never lowers it', () => {
    const floorOf = (floorSeconds: number) =>
      policyFor({ retryAfter: { floorSeconds } }, defaultPolicy).floorMs;

    expect(floorOf(60)).toBe(60_000);
    expect(floorOf(0.5)).toBe(defaultPolicy.floorMs);
  });

  it('takes the ceiling of the preset, but none below the floor', () => {
    const ceilingOf = (retryAfter: { floorSeconds?: number; ceilingSeconds: number }) =>
      policyFor({ retryAfter }, defaultPolicy).ceilingMs;

    expect(ceilingOf({ ceilingSeconds: 7 * 86_400 })).toBe(7 * 86_400_000);
    expect(ceilingOf({ ceilingSeconds: 0.5 })).toBe(defaultPolicy.floorMs);
  });

  it('begins its own back-off where the preset says, and lets it grow no less far', () => {
    const backoffOf = (defaultSeconds: number) =>
      policyFor({ retryAfter: { defaultSeconds } }, defaultPolicy).backoff;

    expect(backoffOf(20)).toStrictEqual({ baseMs: 20_000, factor: 1.6, capMs: 300_000 });
    expect(backoffOf(600)).toStrictEqual({ baseMs: 600_000, factor: 1.6, capMs: 600_000 });
  });

  it('lets an export stand still for as long as the preset says, whatever is learnt', () => {
    const policy = policyFor({ retryAfter: {}, stallAfterHours: 6 }, defaultPolicy);

    expect(policy).toMatchObject({ stallAfterMs: 6 * 3_600_000, stallAfterSaid: true });
    expect(policyFor({ retryAfter: {} }, defaultPolicy)).not.toHaveProperty('stallAfterSaid');
  });

  it('assumes how long files are kept only where the preset says so', () => {
    const policy = policyFor({ retryAfter: {}, retentionHours: 2 }, defaultPolicy);

    expect(policy.assumedRetentionMs).toBe(7_200_000);
    expect(policyFor({ retryAfter: {} }, defaultPolicy)).not.toHaveProperty('assumedRetentionMs');
  });
});
