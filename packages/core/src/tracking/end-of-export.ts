import { type Reason, stateTable } from '@bulkwatch/contract';
import { defined } from '../defined.js';
import type { Cancel, Fail } from './decision.js';

const cancellations: readonly Reason[] = stateTable.cancelled.reasons;

/** The end of an export without a manifest, in the state that the table of states has for its reason. */
export function endOfExport({ reason, detail }: Pick<Fail, 'reason' | 'detail'>): Fail | Cancel {
  const next = cancellations.includes(reason) ? 'cancel' : 'fail';
  return { next, reason, ...defined({ detail }) };
}
