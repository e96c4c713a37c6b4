import { between, type Dice } from '../dice.js';
import type { ChaosProvider, PlannedExport } from '../provider/chaos-provider.js';

/** How long exports ask for, in seconds, and of how many in a thousand. */
const waits = [
  { share: 700, least: 1, most: 4 },
  { share: 200, least: 5, most: 10 },
  { share: 85, least: 11, most: 30 },
  { share: 15, least: 31, most: 60 },
] as const;

/**
 * Begins an export by chance. Most ask for a short wait many times; a few for one that is longer than it takes others to
 * take over from a dead worker, so that only what was written ahead keeps them from an early poll.
 *
 * @param longestSeconds what all of its waits together may take
 */
export function drawExport(
  dice: Dice,
  provider: ChaosProvider,
  longestSeconds: number,
): PlannedExport {
  let drawn = between(dice, 0, 999);
  const wait = waits.find(({ share }) => (drawn -= share) < 0) ?? waits[0];
  const retryAfterSeconds = Math.min(longestSeconds / 2, between(dice, wait.least, wait.most));
  const pollsDrawn =
    wait.least > 10 ? between(dice, 1, 2) : between(dice, 1, wait.least > 4 ? 3 : 8);
  const polls = Math.min(pollsDrawn, Math.max(1, Math.floor(longestSeconds / retryAfterSeconds)));
  // Now and then a provider names no wait at all.
  return provider.createExport(dice() < 0.05 ? { polls: 1 } : { polls, retryAfterSeconds });
}
