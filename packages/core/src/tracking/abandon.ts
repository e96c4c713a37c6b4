import type { Reason } from '@bulkwatch/contract';
import { defined } from '../defined.js';
import type { Abandon, CompletePages, Situation } from './decision.js';
import { savePages } from './save-pages.js';

/** What tracking at its deadline needs to know. */
export type DeadlineSituation = Pick<Situation, 'job' | 'now' | 'policy'>;

/**
 * The end of a job at its deadline.
 *
 * @param reason why the last poll failed, where it did
 */
export function abandon(
  reason: Reason | undefined,
  situation: DeadlineSituation,
): Abandon | CompletePages {
  const detail = reason && `last poll: ${reason}`;
  const end = { next: 'abandon', reason: 'tracking-deadline', ...defined({ detail }) } as const;
  return savePages(end, situation);
}

/**
 * The end of a job whose deadline passed while it could not be polled: an operator had paused it, or its provider
 * took no more requests. There is no answer to judge, so the last poll says how it went.
 */
export function abandonUnasked(situation: DeadlineSituation): Abandon | CompletePages {
  return abandon(situation.job.reason, situation);
}
