import { burnRates } from '../config.js';
import { durationText } from '../duration.js';
import { grown, pace } from './promql.js';
import type { RecordingRule } from './rule.js';
import { type Slo, slos } from './slos.js';

const windows = [
  ...new Set(burnRates.flatMap(({ shortWindow, longWindow }) => [shortWindow, longWindow])),
].toSorted((one, other) => one - other);
const longWindows: readonly number[] = burnRates.map(({ longWindow }) => longWindow);

/**
 * The share of failures in each window, and their number in those that are long for an alert, under names that begin
 * with what they are told of: all of Bulkwatch. Without polls or requests the share is not a number, and no comparison
 * holds.
 *
 * @param of which windows, by their length in seconds
 */
export function sloRules(of: (window: number) => boolean): readonly RecordingRule[] {
  return slos.flatMap((slo) => [
    ...windows.filter(of).map((window) => ({
      record: shareOfFailures(slo, window),
      expr: `${slo.bad(window, pace)}\n  / ${slo.total(window, pace)}`,
    })),
    ...longWindows.filter(of).map((window) => ({
      record: countOfFailures(slo, window),
      expr: slo.bad(window, grown),
    })),
  ]);
}

/** Name of the series that has the share of failures within `window` seconds. */
export function shareOfFailures({ failures }: Slo, window: number): string {
  return `bulkwatch:${failures}:ratio_rate${durationText(window)}`;
}

/** Name of the series that has how many failures there were within `window` seconds. */
export function countOfFailures({ failures }: Slo, window: number): string {
  return `bulkwatch:${failures}:increase${durationText(window)}`;
}
