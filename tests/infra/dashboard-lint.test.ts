import { allDashboards } from '@bulkwatch/infra';
import { describe, expect, it } from 'vitest';
import { type Finding, type RuleName, rules } from './support/dashboard-rules.js';

interface Excuse {
  readonly rule: RuleName;
  readonly dashboards: readonly string[];
  /** All of them, unless named. */
  readonly panels?: readonly string[];
  readonly because: string;
}

/** Where a rule does not hold, and why: what `.lint` is for the linter itself. */
const excuses: readonly Excuse[] = [
  {
    rule: 'template-instance-rule',
    dashboards: ['fleet', 'provider', 'delivery'],
    because: 'They tell of the fleet as a whole; single processes are looked at in the internals.',
  },
  {
    rule: 'target-instance-rule',
    dashboards: ['fleet', 'provider', 'delivery'],
    because: 'As above.',
  },
  {
    rule: 'target-instance-rule',
    dashboards: ['internals'],
    panels: [
      'Entries of the queue of polls',
      'Entries of the queue of webhooks',
      'Memory that is left',
      'Memory of Redis',
    ],
    because: 'One elected worker tells them for all: who chose another one would see nothing.',
  },
  {
    rule: 'target-job-rule',
    dashboards: ['fleet'],
    panels: ['Alerts firing'],
    because: 'Alerts are told by Prometheus, and most of them of no scrape job.',
  },
  {
    rule: 'target-rate-interval-rule',
    dashboards: ['fleet'],
    panels: ['Polls on time', 'Completions told', 'Requests answered', 'Requests answered soon'],
    because: 'Error budgets are of thirty days, whatever span is looked at.',
  },
  {
    rule: 'target-rate-interval-rule',
    dashboards: ['provider'],
    panels: ['Polls in the time shown'],
    because: 'It counts what there was in the whole span that is looked at.',
  },
];

const covers = (excuse: Excuse, rule: string, name: string, { panel }: Finding): boolean =>
  excuse.rule === rule &&
  excuse.dashboards.includes(name) &&
  (excuse.panels === undefined || excuse.panels.includes(panel ?? ''));

const ruleNames = Object.keys(rules) as RuleName[];

describe.each(allDashboards)('the dashboard $name', ({ name, dashboard }) => {
  it.each(ruleNames)('keeps to the %s', (rule) => {
    const findings = rules[rule](dashboard);
    const unexcused = findings.filter(
      (finding) => !excuses.some((excuse) => covers(excuse, rule, name, finding)),
    );
    expect(unexcused).toEqual([]);
  });
});

it.each(excuses)('$rule: $because', (excuse) => {
  const excused = allDashboards
    .filter(({ name }) => excuse.dashboards.includes(name))
    .map(({ name, dashboard }) =>
      rules[excuse.rule](dashboard).filter((finding) => covers(excuse, excuse.rule, name, finding)),
    );
  expect(excused.map(({ length }) => length)).not.toContain(0);
});

/** For each rule, what breaks it, as text to be replaced in the dashboard. */
const breaks: Readonly<Record<RuleName, readonly [from: string | RegExp, to: string]>> = {
  'uneditable-dashboard-rule': ['"editable":false', '"editable":true'],
  'template-datasource-rule': ['"name":"datasource"', '"name":"source"'],
  'template-job-rule': ['"label":"Job"', '"label":"job"'],
  'template-instance-rule': ['"name":"instance"', '"name":"process"'],
  'template-label-promql-rule': ['label_values(bulkwatch_build_info, job)', 'jobs'],
  'template-on-time-change-reload-rule': ['"refresh":2', '"refresh":1'],
  'panel-datasource-rule': [/("targets".*?)\$\{datasource\}/, '$1prometheus'],
  'panel-title-description-rule': [
    'Requests that the api answered, by the template of their path.',
    '',
  ],
  'panel-units-rule': ['"unit":"reqps"', '"unit":""'],
  'panel-no-targets-rule': [/"targets":\[.*?\],"title"/, '"targets":[],"title"'],
  'target-promql-rule': ['sum by (method, route) (', 'sum by (method, route) (('],
  'target-legend-rule': ['"legendFormat":"4xx"', '"legendFormat":""'],
  'target-rate-interval-rule': ['$__rate_interval', '5m'],
  'target-counter-agg-rule': [
    'rate(bulkwatch_rescues_total{job=~\\"$job\\", instance=~\\"$instance\\"}[$__rate_interval])',
    'bulkwatch_rescues_total{job=~\\"$job\\", instance=~\\"$instance\\"}',
  ],
  'target-job-rule': ['{job=~\\"$job\\", instance', '{instance'],
  'target-instance-rule': [', instance=~\\"$instance\\"', ''],
};

it.each(ruleNames)('would be seen: a dashboard that breaks the %s', (rule) => {
  const internals = allDashboards.find(({ name }) => name === 'internals')?.dashboard;
  const [from, to] = breaks[rule];
  const text = JSON.stringify(internals);
  const broken = typeof from === 'string' ? text.replace(from, () => to) : text.replace(from, to);
  expect(broken).not.toBe(text);
  const before = rules[rule](JSON.parse(text) as NonNullable<typeof internals>).length;
  expect(rules[rule](JSON.parse(broken) as NonNullable<typeof internals>).length).toBeGreaterThan(
    before,
  );
});
