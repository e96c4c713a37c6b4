import { type allDashboards, type DataPanel, dataPanels, queriesOf } from '@bulkwatch/infra';
import { VariableRefresh, VariableType } from '@grafana/grafana-foundation-sdk/dashboard';
import { canBeParsed, vectorSelectors } from './promql-tree.js';

type Dashboard = (typeof allDashboards)[number]['dashboard'];

/** What a rule has to say, and of which panel if of one. */
export interface Finding {
  readonly panel?: string;
  readonly what: string;
}

type Rule = (dashboard: Dashboard) => readonly Finding[];

/** The rules of grafana/dashboard-linter (docs/rules of that repository), told anew: it is a program in Go. */
export const rules = {
  'uneditable-dashboard-rule': ({ editable }) => unless(editable === false, 'can be edited'),

  'template-datasource-rule': (dashboard) =>
    variable(dashboard, 'datasource', (found) => [
      ...unless(
        found.type === VariableType.Datasource && found.query === 'prometheus',
        'is no data source',
      ),
      ...unless(found.label === 'Data source', 'is not labelled'),
    ]),

  'template-job-rule': (dashboard) => variable(dashboard, 'job', (found) => several(found, 'Job')),

  'template-instance-rule': (dashboard) =>
    variable(dashboard, 'instance', (found) => several(found, 'Instance')),

  'template-label-promql-rule': (dashboard) =>
    queryVariables(dashboard).flatMap(({ name, query }) => {
      const text = typeof query === 'string' ? query : JSON.stringify(query);
      const [, expr = '', label] = /^label_values\((.+), (\w+)\)$/.exec(text) ?? [];
      return unless(label !== undefined && canBeParsed(expr), `${name} asks for ${text}`);
    }),

  'template-on-time-change-reload-rule': (dashboard) =>
    queryVariables(dashboard).flatMap(({ name, refresh }) =>
      unless(
        refresh === VariableRefresh.OnTimeRangeChanged,
        `${name} is not asked for anew when the time changes`,
      ),
    ),

  'panel-datasource-rule': ofPanels((panel) =>
    unless(
      [panel, ...queriesOf(panel)].every(({ datasource }) => datasource?.uid === '${datasource}'),
      'has a data source of its own',
    ),
  ),

  'panel-title-description-rule': ofPanels(({ title, description = '' }) =>
    unless(title !== '' && /\S.*[.?]$/.test(description), 'does not say what it answers'),
  ),

  'panel-units-rule': ofPanels(({ fieldConfig }) =>
    unless((fieldConfig?.defaults.unit ?? '') !== '', 'has no unit'),
  ),

  'panel-no-targets-rule': ofPanels((panel) =>
    unless(queriesOf(panel).length > 0, 'asks for nothing'),
  ),

  'target-promql-rule': ofQueries((expr) => unless(canBeParsed(expr), `cannot be parsed: ${expr}`)),

  'target-legend-rule': ofPanels((panel) =>
    queriesOf(panel).flatMap(({ legendFormat = '' }) =>
      unless(legendFormat !== '', 'has a line without a name'),
    ),
  ),

  'target-rate-interval-rule': ofSelectors(({ range, metric }) =>
    unless(range === undefined || range === '$__rate_interval', `looks at ${metric} over ${range}`),
  ),

  'target-counter-agg-rule': ofSelectors(({ metric, functions }) =>
    unless(
      !/_(total|bucket|sum|count)$/.test(metric) || /^(rate|increase)$/.test(functions[0] ?? ''),
      `looks at ${metric} itself`,
    ),
  ),

  'target-job-rule': ofSelectors(({ metric, matchers }) =>
    unless(matchers.includes('job=~"$job"'), `looks at ${metric} of whoever has it`),
  ),

  'target-instance-rule': ofSelectors(({ metric, matchers }) =>
    unless(matchers.includes('instance=~"$instance"'), `looks at ${metric} of all instances`),
  ),
} as const satisfies Readonly<Record<string, Rule>>;

export type RuleName = keyof typeof rules;

const unless = (isSo: boolean, what: string): Finding[] => (isSo ? [] : [{ what }]);

type Variable = NonNullable<Dashboard['templating']['list']>[number];

const variables = ({ templating }: Dashboard): readonly Variable[] => templating.list ?? [];

const queryVariables = (dashboard: Dashboard): readonly Variable[] =>
  variables(dashboard).filter(({ type }) => type === VariableType.Query);

function variable(
  dashboard: Dashboard,
  name: string,
  judge: (found: Variable) => readonly Finding[],
): readonly Finding[] {
  const found = variables(dashboard).find((one) => one.name === name);
  return found === undefined ? [{ what: `has no variable ${name}` }] : judge(found);
}

const several = (found: Variable, label: string): Finding[] => [
  ...unless(found.type === VariableType.Query, 'is not asked for'),
  ...unless(found.datasource?.uid === '${datasource}', 'has a data source of its own'),
  ...unless(found.multi === true && found.includeAll === true, 'is one value alone'),
  ...unless(found.label === label, 'is not labelled'),
];

function ofPanels(judge: (panel: DataPanel) => readonly Finding[]): Rule {
  return (dashboard) =>
    dataPanels(dashboard).flatMap((panel) =>
      judge(panel).map(({ what }) => ({ panel: panel.title, what })),
    );
}

function ofQueries(judge: (expr: string) => readonly Finding[]): Rule {
  return ofPanels((panel) => queriesOf(panel).flatMap(({ expr }) => judge(expr)));
}

function ofSelectors(
  judge: (selector: ReturnType<typeof vectorSelectors>[number]) => readonly Finding[],
): Rule {
  return ofQueries((expr) => vectorSelectors(expr).flatMap(judge));
}
