/**
 * Pieces of PromQL for panels. Metrics are named by the table of `runtime`, so that a renamed one does not compile. Every
 * series is looked for in the scrape jobs that the reader has chosen (`$job`).
 */
import type { metricsTable } from '@bulkwatch/runtime';

type Row = (typeof metricsTable)[number];
type NameOf<Type extends Row['type']> = Extract<Row, { readonly type: Type }>['name'];
type Own = NameOf<'counter' | 'gauge'>;
type Labels<Name extends Own> = {
  readonly [Label in keyof Extract<Row, { readonly name: Name }>['labels']]?: Matcher;
};

/** A value that a label has, or a matcher as it stands in PromQL: `!="claimed"`. */
type Matcher = string;

/** What prom-client tells of the process by itself; Prometheus's own `up` comes with it. */
type OfProcess =
  | 'up'
  | `process_${'cpu_seconds_total' | 'resident_memory_bytes' | 'open_fds' | 'max_fds' | 'start_time_seconds'}`
  | `nodejs_eventloop_lag_${'p99' | 'mean'}_seconds`
  | `nodejs_heap_size_${'used' | 'total'}_bytes`
  | `nodejs_gc_duration_seconds_${'sum' | 'count'}`;

/** A counter or a gauge, with the wanted labels. */
export function series<Name extends Own>(name: Name, labels?: Labels<Name>): string {
  return `${name}{job=~"$job"${written(labels)}}`;
}

/** The same for the processes that the reader has chosen (`$instance`), of whatever a process tells. */
export function ofProcess<Name extends Own>(name: Name, labels?: Labels<Name>): string;
export function ofProcess(name: OfProcess): string;
export function ofProcess(name: string, labels?: Readonly<Record<string, Matcher>>): string {
  return `${name}{job=~"$job", instance=~"$instance"${written(labels)}}`;
}

/** The observations of a histogram, and those of them that were at most as large as one of its buckets. */
export const observed = (histogram: NameOf<'histogram'>): string =>
  `${histogram}_count{job=~"$job"}`;
export const observedWithin = (histogram: NameOf<'histogram'>, bound: number): string =>
  `${histogram}_bucket{job=~"$job", le="${bound}"}`;

/** Growth per second of counters, over all processes; by `labels` if given. */
export const rate = (counter: string, labels?: string): string =>
  aggregated('sum', `rate(${counter}[$__rate_interval])`, labels);

/** By how much counters have grown in the time that the dashboard shows, over all processes. */
export const grown = (counter: string, labels?: string): string =>
  aggregated('sum', `increase(${counter}[$__range])`, labels);

/**
 * What one process tells for the whole fleet. Two tell it in the seconds in which another one is elected: both are right,
 * and their sum would be wrong.
 */
export const fleetWide = (gauge: string, labels?: string): string =>
  aggregated('max', gauge, labels);

/** The same where the least is the worst. */
export const fleetWideLeast = (gauge: string, labels?: string): string =>
  aggregated('min', gauge, labels);

/** What every process tells of itself, over all of them. */
export const total = (gauge: string, labels?: string): string => aggregated('sum', gauge, labels);

/** Quantile of a histogram over all processes. No data while nothing is observed, in place of not a number. */
export const quantile = (share: number, histogram: NameOf<'histogram'>): string =>
  quantileOf(share, `${histogram}_bucket{job=~"$job"}`, 'le');

/** The same for the processes that the reader has chosen, by `labels`. */
export const quantileOfProcesses = (
  share: number,
  histogram: NameOf<'histogram'>,
  labels: string,
): string =>
  quantileOf(share, `${histogram}_bucket{job=~"$job", instance=~"$instance"}`, `le, ${labels}`);

const quantileOf = (share: number, buckets: string, by: string): string =>
  `histogram_quantile(${share}, ${rate(buckets, by)}) >= 0`;

function aggregated(operator: string, expr: string, labels: string | undefined): string {
  return labels === undefined ? `${operator}(${expr})` : `${operator} by (${labels}) (${expr})`;
}

function written(labels: Readonly<Record<string, Matcher | undefined>> = {}): string {
  return Object.entries(labels)
    .map(([label, value = '']) =>
      /^!?[=~]/.test(value) ? `, ${label}${value}` : `, ${label}="${value}"`,
    )
    .join('');
}
