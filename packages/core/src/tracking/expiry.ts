import { defined } from '../defined.js';
import type { CollectedPages } from '../protocol/poll-memory.js';
import type { Complete, Situation } from './decision.js';

/**
 * When the files expire: as the answer says, else as the pages before it do, else as the preset has it, counted
 * from when the export was first called complete. Neither member where nobody knows.
 */
export function expiryOf(
  answer: Pick<Complete, 'expiresAt'>,
  collected: Pick<CollectedPages, 'completeAt' | 'expiresAt'> | undefined,
  { now, policy: { assumedRetentionMs } }: Pick<Situation, 'now' | 'policy'>,
): Pick<Complete, 'expiresAt' | 'expiryAssumed'> {
  const expiresAt = answer.expiresAt ?? collected?.expiresAt;
  if (expiresAt !== undefined || assumedRetentionMs === undefined) return defined({ expiresAt });
  return { expiresAt: (collected?.completeAt ?? now) + assumedRetentionMs, expiryAssumed: true };
}
