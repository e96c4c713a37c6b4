import type { Clock, Logger } from '@bulkwatch/runtime';
import type { Claim, JobStore } from '@bulkwatch/store';

export interface ClockJumpOptions {
  readonly clock: Pick<Clock, 'monotonicMs'>;
  /** Told once of each jump, by how much at least, in ms; negative where the clock went back. */
  readonly onJump: (byMs: number) => void;
}

/** Redis's clock minus our monotonic one: it was between these two, when a claim was sent and when its reply was there. */
interface Offset {
  readonly low: number;
  readonly high: number;
  readonly sentMs: number;
}

interface Jump {
  /** What was recorded before it is not younger than this, by Redis's clock. */
  readonly before: number;
  /** By how much at most. */
  readonly byMs: number;
}

/** What slow networks and clocks that are corrected slowly do not come to. */
const jumpMinMs = 5_000;
/** Clocks that nobody corrects drift apart by less than this share. */
const driftMax = 0.001;
/** A wait that is older than so many jumps is over. */
const jumpsMax = 16;

/** What a worker sees of Redis's clock, by its own monotonic one. */
export interface ClockJumps {
  /** Takes note of an instant by Redis's clock, which was asked for when the monotonic one said `sentMs`. */
  observe(redisMs: number, sentMs: number): void;
  /**
   * The right to poll as Redis grants it, but for jobs whose Retry-After has run out only because Redis's clock jumped ahead: their
   * claim is given back until it is over. Kept, each would hold a place at its provider's gate as long as a request may take.
   */
  hold(jobs: Pick<JobStore, 'claimPoll' | 'releaseClaim'>): JobStore['claimPoll'];
}

/**
 * Each worker judges by itself. One that starts after a jump knows nothing of it; one whose host was suspended takes that for a
 * jump, and is late by no more than one Retry-After.
 */
export function watchClockJumps({ clock, onJump }: ClockJumpOptions): ClockJumps {
  let known: Offset | undefined;
  let jumps: readonly Jump[] = [];

  const observe = (redisMs: number, sentMs: number): void => {
    const seen = { low: redisMs - clock.monotonicMs(), high: redisMs - sentMs, sentMs };
    if (known && sentMs < known.sentMs) return;
    const jump = known && jumpBetween(known, seen);
    known = seen;
    if (jump === undefined) return;
    onJump(jump.atLeastMs);
    if (jump.atLeastMs < 0) return;
    const { atLeastMs, atMostMs } = jump;
    jumps = [...jumps, { before: redisMs - atLeastMs, byMs: atMostMs }].slice(-jumpsMax);
  };

  return {
    observe,
    hold: (jobs) => async (wakeUp, chance) => {
      const sentMs = clock.monotonicMs();
      const result = await jobs.claimPoll(wakeUp, chance);
      if (result.kind !== 'claimed') return result;
      observe(result.claim.claimedAt, sentMs);
      const remainingMs = stillToWait(result.claim, jumps);
      if (remainingMs === 0) return result;
      await jobs.releaseClaim(result.claim, remainingMs);
      return { kind: 'early', remainingMs };
    },
  };
}

function jumpBetween(
  known: Offset,
  seen: Offset,
): { readonly atLeastMs: number; readonly atMostMs: number } | undefined {
  const slackMs = jumpMinMs + (seen.sentMs - known.sentMs) * driftMax;
  if (seen.low - known.high > slackMs)
    return { atLeastMs: seen.low - known.high, atMostMs: seen.high - known.low };
  if (known.low - seen.high > slackMs)
    return { atLeastMs: seen.high - known.low, atMostMs: seen.low - known.high };
  return undefined;
}

/** Ms that are left of the job's last Retry-After when what the clock jumped is not counted. */
function stillToWait({ action, claimedAt, job }: Claim, jumps: readonly Jump[]): number {
  const { retryAfterUntil, retryAfterMs = 0 } = job;
  // What is granted before that has run out by any clock was forced by an operator.
  if (action !== 'poll' || retryAfterUntil === undefined || claimedAt < retryAfterUntil) return 0;
  const recordedAt = retryAfterUntil - retryAfterMs;
  const jumpedMs = jumps
    .filter(({ before }) => recordedAt <= before)
    .reduce((sum, { byMs }) => sum + byMs, 0);
  return jumpedMs === 0 ? 0 : Math.max(0, Math.ceil(retryAfterUntil + jumpedMs - claimedAt));
}

/** Has a log line for each jump. */
export const tellJump =
  (logger: Logger): ClockJumpOptions['onJump'] =>
  (byMs) =>
    logger.error(
      { byMs: Math.round(byMs) },
      byMs > 0
        ? "Redis's clock jumped ahead: jobs wait until their Retry-After is over without that"
        : "Redis's clock went back: jobs are late by as much",
    );
