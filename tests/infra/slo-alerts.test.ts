import { alerts, slos } from '@bulkwatch/infra';
import { describe, expect, it } from 'vitest';
import { growing, playStories, type Story, startingAnew } from './support/rule-test.js';

/** What happens in each minute: how much goes well, and how much does not. */
interface Course {
  readonly good: readonly number[];
  readonly bad: readonly number[];
}
type Values = (perMinute: readonly number[]) => string;

const plus = ({ good, bad }: Course) => good.map((count, minute) => count + (bad[minute] ?? 0));
const histogram = (name: string, le: string) => (course: Course, values: Values) => [
  { series: `${name}_count{instance="p1"}`, values: values(plus(course)) },
  { series: `${name}_bucket{instance="p1", le="${le}"}`, values: values(course.good) },
  { series: `${name}_bucket{instance="p1", le="+Inf"}`, values: values(plus(course)) },
];
const counter = (name: string, good: string, bad: string) => (course: Course, values: Values) => [
  { series: `${name}{instance="p1", ${good}}`, values: values(course.good) },
  { series: `${name}{instance="p1", ${bad}}`, values: values(course.bad) },
];

/** Series that a service would expose on such a course. */
const seriesOf: Readonly<Record<string, ReturnType<typeof counter>>> = {
  late_polls: counter('bulkwatch_polls_started_total', 'punctual="true"', 'punctual="false"'),
  late_completions: histogram('bulkwatch_completion_delay_seconds', '30'),
  failed_requests: counter(
    'bulkwatch_http_requests_total',
    'status_class="2xx"',
    'status_class="5xx"',
  ),
  slow_requests: histogram('bulkwatch_http_request_duration_seconds', '0.5'),
};

const times = (count: number, value: number): number[] =>
  Array.from({ length: count }, () => value);
/** So many in each minute, of which a share fails: first for `badFor` minutes, then none for `goodFor`. */
const course = (count: number, share: number, badFor: number, goodFor = 0): Course => ({
  good: [...times(badFor, count * (1 - share)), ...times(goodFor, count)],
  bad: [...times(badFor, count * share), ...times(goodFor, 0)],
});

const play = (stories: readonly Story[]): void => playStories('slos.yml', stories);

/** Which windows of an alert tell, at these minutes. */
type Told = Readonly<Record<number, readonly string[]>>;
const tells = (failures: string, told: Told): Story['promql_expr_test'] => {
  const name = alerts.find(({ labels }) => labels?.['slo'] === failures)?.name;
  return Object.entries(told).map(([minute, windows]) => ({
    expr: `sum by (severity, window) (ALERTS{alertname="${name}", alertstate="firing"})`,
    eval_time: `${minute}m`,
    exp_samples: windows.map((window) => ({
      labels: `{severity="${window === '3d' ? 'warning' : 'critical'}", window="${window}"}`,
      value: 1,
    })),
  }));
};
const storyOf =
  (failures: string, seriesAre = seriesOf[failures]) =>
  (name: string, what: Course, told: Told, values: Values = growing): Story => ({
    name,
    input_series: seriesAre?.(what, values) ?? [],
    promql_expr_test: tells(failures, told),
  });

describe.each(slos)('$failures', ({ failures, key }) => {
  /** The budget of requests that may be slow is ten times as large. */
  const budget = key === 'slowRequests' ? 0.01 : 0.001;
  const story = storyOf(failures);

  it('wakes somebody within minutes where the budget of a month burns within days, and not for long', () => {
    play([
      story('fifty times too many, for half an hour', course(1_000, 50 * budget, 30, 50), {
        1: [],
        4: ['1h', '6h'],
        25: ['1h', '6h', '3d'],
        // The last five minutes were fine, and five more it was kept up.
        45: ['6h', '3d'],
        // The last half hour was fine.
        70: ['3d'],
      }),
      story('ten times too many is seen in six hours alone', course(1_000, 10 * budget, 30), {
        25: ['6h', '3d'],
      }),
    ]);
  });

  it('leaves a ticket where it burns slowly, and nothing where it lasts', () => {
    play([
      story('twice too many', course(5_000, 2 * budget, 30), { 10: [], 25: ['3d'] }),
      story('half of what is allowed', course(10_000, budget / 2, 30), { 28: [] }),
    ]);
  });

  it('says nothing of no traffic, nor of little', () => {
    const little = {
      good: times(30, 0),
      bad: [...times(20, 0), 1, 0, 1, 0, 1, 0, 1, ...times(3, 0)],
    };
    play([
      story('none at all', course(0, 0, 30), { 28: [] }),
      story('four failures in a quiet night', little, { 28: [] }),
      { name: 'no series', input_series: [], promql_expr_test: tells(failures, { 30: [] }) },
    ]);
  });

  it('is not misled by counters that start anew', () => {
    const anew = (perMinute: readonly number[]) => startingAnew(perMinute, 20);
    play([
      story('a restart while all is well', course(1_000, 0, 30), { 22: [], 28: [] }, anew),
      story('a restart that mends nothing', course(90, 0.5, 30), { 28: ['1h', '6h', '3d'] }, anew),
    ]);
  });
});

it('a ticket is closed once six hours were fine', () => {
  const past = course(1_000, 0.05, 30, 400);
  play([storyOf('late_polls')('half an hour', past, { 380: ['3d'], 425: [] })]);
});

it('whole bounds are known as Prometheus 3 writes them', () => {
  const written = histogram('bulkwatch_completion_delay_seconds', '30.0');
  const story = storyOf('late_completions', written);
  play([
    story('all is well', course(1_000, 0, 30), { 28: [] }),
    story('all is late', course(10, 1, 10), { 8: ['1h', '6h'] }),
  ]);
});

it('every promise has its alerts, and they are three', () => {
  for (const { failures } of slos)
    expect(alerts.filter(({ labels }) => labels?.['slo'] === failures)).toHaveLength(3);
});
