import type { ExportHistory } from '@bulkwatch/core';

/** Fields of a provider's record that say how long its exports take; `apply-decision.lua` writes them. */
export const historyFields = ['historyCount', 'historyMedianMs', 'historyP90Ms'] as const;

type Value = string | number | null | undefined;

/** What those fields say, in their order; undefined where no export is known of. */
export function exportHistory([count, medianMs, p90Ms]: readonly Value[]):
  | ExportHistory
  | undefined {
  const history = { count: Number(count), medianMs: Number(medianMs), p90Ms: Number(p90Ms) };
  return history.count > 0 ? history : undefined;
}
