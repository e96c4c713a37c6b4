import type { Claim, ClaimResult, JobStore } from '@bulkwatch/store';
import { describe, expect, it } from 'vitest';
import { watchClockJumps } from './clock-jumps.js';

const minuteMs = 60_000;
const wakeUp = { jobId: 'j1', wake: 1 };
const chance = { nonce: 'n', dice: 0.5 };

/** A Redis that grants every claim, whose clock is ahead of the monotonic one by `aheadMs`. */
function setup() {
  const jumps: number[] = [];
  const world = { nowMs: 0, aheadMs: 1_700_000_000_000, tookMs: 2 };
  const grant =
    (job: Partial<Claim['job']>, action: Claim['action']): JobStore['claimPoll'] =>
    async () => {
      const claimedAt = world.nowMs + world.aheadMs;
      world.nowMs += world.tookMs;
      return { kind: 'claimed', claim: { action, claimedAt, job } } as unknown as ClaimResult;
    };
  let next: JobStore['claimPoll'] = grant({}, 'poll');
  const watch = watchClockJumps({
    clock: { monotonicMs: () => world.nowMs },
    onJump: (byMs) => jumps.push(byMs),
  });
  const released: number[] = [];
  const claimPoll = watch.hold({
    claimPoll: (...args) => next(...args),
    releaseClaim: async (_claim, waitMs = 0) => void released.push(waitMs),
  });
  const claim = (job: Partial<Claim['job']> = {}, action: Claim['action'] = 'poll') => {
    next = grant(job, action);
    return claimPoll(wakeUp, chance);
  };
  /** A job whose provider has just asked for ten minutes. */
  const waiting = () => ({
    retryAfterMs: 10 * minuteMs,
    retryAfterUntil: world.nowMs + world.aheadMs + 10 * minuteMs,
  });
  return { world, jumps, released, claim, waiting };
}

describe('a claim after the clock of Redis jumped ahead', () => {
  it.each([10 * minuteMs, 24 * 60 * minuteMs])(
    'waits until the Retry-After is over without the jump of %i ms',
    async (jumpMs) => {
      const { world, jumps, released, claim, waiting } = setup();
      await claim();
      world.nowMs += minuteMs;
      const job = waiting();
      world.aheadMs += jumpMs;
      world.nowMs += 4 * minuteMs;

      const held = await claim(job);
      expect(held).toMatchObject({ kind: 'early' });
      expect(released).toEqual([(held as { remainingMs: number }).remainingMs]);
      expect((held as { remainingMs: number }).remainingMs).toBeGreaterThanOrEqual(
        6 * minuteMs - 2,
      );
      expect((held as { remainingMs: number }).remainingMs).toBeLessThanOrEqual(6 * minuteMs + 10);
      expect(jumps.map((byMs) => Math.round(byMs / 1_000))).toEqual([jumpMs / 1_000]);

      world.nowMs += 6 * minuteMs + 10;
      expect(await claim(job)).toMatchObject({ kind: 'claimed' });
      expect(jumps).toHaveLength(1);
      expect(released).toHaveLength(1);
    },
  );

  it('is granted to jobs that were answered since, and to those that nobody told to wait', async () => {
    const { world, claim, waiting } = setup();
    await claim();
    world.aheadMs += 10 * minuteMs;
    await claim();
    const job = waiting();
    world.nowMs += 10 * minuteMs;
    expect(await claim(job)).toMatchObject({ kind: 'claimed' });
    expect(await claim({})).toMatchObject({ kind: 'claimed' });
  });

  it('is granted to what an operator forced, and to delete requests', async () => {
    const { world, claim, waiting } = setup();
    await claim();
    const old = waiting();
    world.aheadMs += 20 * minuteMs;
    await claim();
    expect(await claim(waiting())).toMatchObject({ kind: 'claimed' });
    expect(await claim(old, 'delete')).toMatchObject({ kind: 'claimed' });
    expect(await claim(old)).toMatchObject({ kind: 'early' });
  });
});

describe('what is no jump ahead', () => {
  it('is a clock that goes back', async () => {
    const { world, jumps, claim } = setup();
    await claim();
    world.aheadMs -= 60 * minuteMs;
    expect(await claim()).toMatchObject({ kind: 'claimed' });
    expect(jumps.map((byMs) => Math.round(byMs / minuteMs))).toEqual([-60]);
  });

  it('is a reply that was read late, by a process that stood still', async () => {
    const { world, jumps, claim, waiting } = setup();
    await claim();
    const job = waiting();
    world.nowMs += 10 * minuteMs;
    world.tookMs = 3 * minuteMs;
    expect(await claim(job)).toMatchObject({ kind: 'claimed' });
    world.tookMs = 2;
    expect(await claim(job)).toMatchObject({ kind: 'claimed' });
    expect(jumps).toEqual([]);
  });

  it('is a slow drift', async () => {
    const { world, jumps, claim } = setup();
    await claim();
    world.nowMs += 24 * 60 * minuteMs;
    world.aheadMs += minuteMs;
    await claim();
    expect(jumps).toEqual([]);
  });
});
