import type { Abandon, Cancel, CompletePages, Fail, Situation } from './decision.js';
import { expiryOf } from './expiry.js';

/**
 * Once the provider has called the export complete, a page that cannot be had does not undo it: the pages
 * before it are worth having (Bulk Data Access IG 3.0.0, "Response - Output Manifest", `link`).
 */
export function savePages<End extends Fail | Cancel | Abandon>(
  end: End,
  situation: Pick<Situation, 'job' | 'now' | 'policy'>,
): End | CompletePages {
  const { collected } = situation.job.memory;
  if (collected?.completeAt === undefined) return end;
  const why = end.detail === undefined ? end.reason : `${end.reason}: ${end.detail}`;
  return {
    next: 'complete-pages',
    collectedCount: collected.count,
    ...expiryOf({}, collected, situation),
    reason: 'manifest-incomplete',
    detail: `next page: ${why}`,
    anomalies: [],
  };
}
