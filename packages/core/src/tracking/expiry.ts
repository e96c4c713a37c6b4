import { defined } from '../defined.js';
import type { Complete, Situation } from './decision.js';

/** When the files expire: as the provider says, else as its preset has it; neither member where nobody knows. */
export function expiryOf(
  { expiresAt }: Pick<Complete, 'expiresAt'>,
  { now, policy: { assumedRetentionMs } }: Situation,
): Pick<Complete, 'expiresAt' | 'expiryAssumed'> {
  if (expiresAt !== undefined || assumedRetentionMs === undefined) return defined({ expiresAt });
  return { expiresAt: now + assumedRetentionMs, expiryAssumed: true };
}
