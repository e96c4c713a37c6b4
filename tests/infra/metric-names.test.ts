import { labelValues as contractValues, reasonNames, reasons } from '@bulkwatch/contract';
import { createMetrics, type LabelDomain, type MetricRow, metricsTable } from '@bulkwatch/runtime';
import { beforeAll, describe, expect, it } from 'vitest';
import { alertRules, recordingRules } from './support/alert-rules.js';
import { dashboardQueries } from './support/dashboard.js';
import { groupingLabelsOf, type Selector, selectorsOf } from './support/selectors.js';

const rows = new Map<string, MetricRow>(metricsTable.map((row) => [row.name, row]));
const labelValues = { ...contractValues, reason: ['none', ...reasonNames] };
/** Labels that Prometheus adds to everything it scrapes, and the one of histogram buckets. */
const labelsOfPrometheus = ['job', 'instance', 'le'];
const jobs = ['bulkwatch-api', 'bulkwatch-worker', 'bulkwatch-.+'];

const expressions = [
  ...alertRules.map((rule) => ({ where: rule.alert, expr: rule.expr })),
  ...recordingRules.map((rule) => ({ where: rule.record, expr: rule.expr })),
  ...dashboardQueries.map((query) => ({ where: `panel "${query.title}"`, expr: query.expr })),
];

/** Every series name that the two services expose, the default metrics and histogram parts included. */
const exposed = new Set<string>();
beforeAll(async () => {
  for (const service of ['api', 'worker'] as const) {
    const text = await createMetrics({ service, labelValues }).registry.metrics();
    for (const [, name = ''] of text.matchAll(/^# TYPE (\S+)/gm)) exposed.add(name);
  }
});

const baseName = (metric: string) => metric.replace(/_(bucket|sum|count)$/, '');
const isExposed = (metric: string) => exposed.has(metric) || exposed.has(baseName(metric));
const rowOf = (metric: string) => rows.get(metric) ?? rows.get(baseName(metric));
/** Bounds of the buckets as they are exposed, and as Prometheus 3 writes whole ones. */
const bucketsOf = (metric: string): string[] | undefined =>
  rowOf(metric)?.buckets?.flatMap((bound) => [`${bound}`, `${bound}.0`]);
const valuesOf = (domain: LabelDomain): readonly string[] | undefined => {
  if (typeof domain !== 'string') return domain;
  return domain === 'open' ? undefined : labelValues[domain];
};

/** What `find` has to say against each expression, and where it stands. */
const problems = (find: (expr: string) => readonly string[]): string[] =>
  expressions.flatMap(({ where, expr }) => find(expr).map((problem) => `${where}: ${problem}`));

function unknownMatchers({ metric, matchers }: Selector): string[] {
  return matchers.flatMap(({ label, values }) => {
    const domain =
      { job: jobs, instance: 'open' as const, le: bucketsOf(metric) }[label] ??
      rowOf(metric)?.labels[label];
    if (domain === undefined) return [`${metric} has no label ${label}`];
    const known = valuesOf(domain);
    return values
      .filter((value) => known !== undefined && !known.includes(value))
      .map((value) => `${metric} is never ${label}="${value}"`);
  });
}

it('looks at all of them', () => {
  expect(expressions.length).toBeGreaterThan(40);
  expect(expressions.flatMap(({ expr }) => selectorsOf(expr)).length).toBeGreaterThan(40);
});

describe('alerts and panels', () => {
  it('ask for metrics that exist', () => {
    expect(
      problems((expr) =>
        selectorsOf(expr)
          .filter(({ metric }) => !isExposed(metric))
          .map(({ metric }) => metric),
      ),
    ).toEqual([]);
  });

  it('ask for labels and label values that exist', () => {
    expect(problems((expr) => selectorsOf(expr).flatMap(unknownMatchers))).toEqual([]);
  });

  it('group by labels that exist', () => {
    expect(
      problems((expr) => {
        const rowsOfExpr = selectorsOf(expr).map(({ metric }) => rowOf(metric));
        const known = rowsOfExpr.flatMap((row) => Object.keys(row?.labels ?? {}));
        return groupingLabelsOf(expr).filter(
          (label) => !labelsOfPrometheus.includes(label) && !known.includes(label),
        );
      }),
    ).toEqual([]);
  });

  it('sum no gauge that every worker reports for the whole fleet', () => {
    const summed =
      /\b(?:sum|avg)(?:\s+by\s*\([^)]*\))?\s*\(\s*bulkwatch_(?:jobs|overdue|oldest|event_(?:stream|group))/;
    expect(problems((expr) => expr.match(summed) ?? [])).toEqual([]);
  });
});

it('tells of every reason that waits for an operator, and of no other', () => {
  const rule = alertRules.find(({ alert }) => alert === 'BulkwatchCredentialBlocked');
  const told = selectorsOf(rule?.expr ?? '').flatMap(({ matchers }) => matchers[0]?.values ?? []);
  expect(told.toSorted()).toEqual(
    reasonNames.filter((name) => reasons[name].verdict === 'ask-operator').toSorted(),
  );
});
