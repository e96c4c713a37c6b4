import { defined } from '../defined.js';
import type { CompleteReading } from '../protocol/status-reading.js';
import { afterPollFailed } from './after-poll-failed.js';
import type { Cancel, Complete, CompletePages, Fail, PollAgain, Situation } from './decision.js';
import { expiryOf } from './expiry.js';
import { pagesTooLarge } from './unusable-page.js';

/** The manifest is here, or its last page. */
export function afterComplete(
  reading: CompleteReading,
  situation: Situation,
): Complete | CompletePages | PollAgain | Fail | Cancel {
  const { manifest, summary, onlyByReference, missing, anomalies } = reading;
  const { progress, progressPercent } = reading;
  const { cursor, collected } = situation.job.memory;
  const common = {
    ...expiryOf(reading, collected, situation),
    ...defined({ progress, progressPercent }),
    anomalies,
    ...(missing !== undefined && { reason: 'manifest-incomplete' as const, detail: missing }),
  };
  if (collected === undefined || cursor === undefined)
    return { next: 'complete', manifest, summary, ...defined({ onlyByReference }), ...common };
  if (collected.bytes + manifest.length > situation.policy.pagesBytesMax)
    return afterPollFailed(pagesTooLarge(reading), situation);
  const page = { url: cursor.url, bytes: manifest };
  return { next: 'complete-pages', collectedCount: collected.count, page, ...common };
}
