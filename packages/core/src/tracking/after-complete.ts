import { defined } from '../defined.js';
import type { CompleteReading } from '../protocol/status-reading.js';
import type { Complete, CompletePages, Situation } from './decision.js';
import { expiryOf } from './expiry.js';

/** The manifest is here, or its last page. */
export function afterComplete(
  reading: CompleteReading,
  situation: Situation,
): Complete | CompletePages {
  const { manifest, summary, onlyByReference, missing, anomalies } = reading;
  const { progress, progressPercent } = reading;
  const { cursor, collected } = situation.job.memory;
  const common = {
    ...expiryOf(reading, situation),
    ...defined({ progress, progressPercent }),
    anomalies,
    ...(missing !== undefined && { reason: 'manifest-incomplete' as const, detail: missing }),
  };
  if (collected !== undefined && cursor !== undefined) {
    const page = { url: cursor.url, bytes: manifest };
    return { next: 'complete-pages', collectedCount: collected.count, page, ...common };
  }
  return { next: 'complete', manifest, summary, ...defined({ onlyByReference }), ...common };
}
