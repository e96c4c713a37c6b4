import type { ServiceName } from '../settings/setting-row.js';

/** Sets of label values that this room does not know: the services bring them. `reason` gains `none`. */
export type LabelValueSet =
  | 'reason'
  | 'state'
  | 'event'
  | 'anomaly'
  | 'health'
  | 'hold'
  | 'action'
  | 'scoredOutcome';

/**
 * Values of a label: the closed list itself, the name of a set that a service brings, or `open` where the
 * values are few but only known as they come (a route's template, a version).
 */
export type LabelDomain = readonly string[] | LabelValueSet | 'open';

/** One metric, told once: what is exposed, the types and the documentation come from it. */
export interface MetricRow {
  /** Its name in `Metrics`: the exposed name in camel case, less the prefix. */
  readonly key: string;
  readonly name: `bulkwatch_${string}`;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
  readonly labels: Readonly<Record<string, LabelDomain>>;
  /** Of each open label: what keeps its values few. */
  readonly bounds?: Readonly<Record<string, string>>;
  /** Upper bounds of a histogram's buckets, in the unit of the name. */
  readonly buckets?: readonly number[];
  readonly services: readonly ServiceName[];
  /** Told by the one worker that is elected for it. It has no series anywhere else, and none before it is set. */
  readonly elected?: true;
  /** Who looks at it, and for what. */
  readonly neededFor: string;
}
