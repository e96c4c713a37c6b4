import { allDashboards, dataPanels, queriesOf, resolved } from '@bulkwatch/infra';

/** Everything chosen, as Prometheus gets it from Grafana. */
const everything = {
  from: 0,
  to: 3600,
  step: 15,
  scrapeInterval: 15,
  choices: { job: 'bulkwatch-api|bulkwatch-worker', instance: '.+', provider: 'other' },
};

/** A query with its variables replaced. */
export const asAsked = (expr: string): string => resolved(expr, everything);

/** Every query of every dashboard, and the panel that it is of. */
export const dashboardQueries = allDashboards.flatMap(({ name, dashboard }) =>
  dataPanels(dashboard).flatMap((panel) =>
    queriesOf(panel).map(({ expr }) => ({
      dashboard: name,
      title: panel.title,
      /** As Grafana has it. */
      written: expr,
      /** As Prometheus gets it. */
      expr: asAsked(expr),
    })),
  ),
);
