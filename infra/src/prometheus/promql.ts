/** Pieces of PromQL. Metrics are named by the table of `runtime`, so that a renamed one does not compile. */
import type { metricsTable } from '@bulkwatch/runtime';
import { durationText } from '../duration.js';

type Row = (typeof metricsTable)[number];
export type MetricName = Row['name'];
type HistogramName = Extract<Row, { type: 'histogram' }>['name'];

/** A value, or some of which it is any. */
type Wanted = string | readonly string[] | { readonly not: readonly string[] };
type Matchers = Readonly<Record<string, Wanted>>;
type LabelOf<Name> = keyof Extract<Row, { name: Name }>['labels'] & string;

/** The series of a metric whose labels are as wanted. */
export function series<Name extends MetricName>(
  name: Name,
  matchers?: Readonly<Partial<Record<LabelOf<Name>, Wanted>>>,
): string {
  return `${name}${braces((matchers ?? {}) as Matchers)}`;
}

/**
 * The latest that an elected worker told, and what its predecessor did for two minutes more: else each change of workers, and
 * a worker that crashes again and again, would have alerts wait from the beginning.
 */
export const lastTold = (told: string): string => `last_over_time(${told}[2m])`;

/**
 * How many observations a histogram has that are at most `bound`, which has to be one of its buckets. From 3.0 on
 * Prometheus writes a whole bound with a point, whatever we expose.
 */
export const observedWithin = (name: HistogramName, bound: number): string =>
  `${name}_bucket${braces({ le: Number.isInteger(bound) ? [`${bound}`, `${bound}.0`] : `${bound}` })}`;

/** How many observations a histogram has. */
export const observed = (name: HistogramName): string => `${name}_count`;

/** Prometheus's own: 1 for a target that answered the last scrape, else 0. */
export const up = (job: Wanted): string => `up${braces({ job })}`;

/** By how much counters grew within `seconds`, over all processes; by `labels` if given. */
export const grown = (counter: string, seconds: number, labels?: string): string =>
  `${sumBy(labels)}(increase(${counter}[${durationText(seconds)}]))`;

/** Growth per second of counters within `seconds`, over all processes; by `labels` if given. */
export const pace = (counter: string, seconds: number, labels?: string): string =>
  `${sumBy(labels)}(rate(${counter}[${durationText(seconds)}]))`;

const sumBy = (labels: string | undefined): string =>
  labels === undefined ? 'sum' : `sum by (${labels}) `;

function braces(matchers: Matchers): string {
  const wanted = Object.entries(matchers).map(([label, value]) => `${label}${matcher(value)}`);
  return wanted.length === 0 ? '' : `{${wanted.join(', ')}}`;
}

function matcher(value: Wanted): string {
  if (typeof value === 'string') return /[*+|]/.test(value) ? `=~"${value}"` : `="${value}"`;
  return 'not' in value ? `!~"${value.not.join('|')}"` : `=~"${value.join('|')}"`;
}
