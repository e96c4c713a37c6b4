import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import {
  type Dashboard,
  DashboardBuilder,
  DashboardCursorSync,
  DashboardLinkBuilder,
  DashboardLinkType,
  type Panel,
  RowBuilder,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { chosenDatasource, chosenJobs, type Variable } from './variables.js';

/** A heading, and the panels below it. */
export interface Section {
  readonly title: string;
  readonly panels: readonly Builder<Panel>[];
}

export interface DashboardOptions {
  readonly uid: string;
  readonly title: string;
  /** The question that it answers. */
  readonly description: string;
  /** What can be chosen besides the data source and the scrape jobs. */
  readonly variables?: readonly Variable[];
  readonly sections: readonly Section[];
}

/** Tag by which the dashboards find each other. */
const tag = 'bulkwatch';

/** A dashboard of Bulkwatch, its panels from left to right and line by line. Nobody can change it in Grafana. */
export function createDashboard(options: DashboardOptions): Dashboard {
  const builder = new DashboardBuilder(options.title)
    .uid(options.uid)
    .description(options.description)
    .tags([tag])
    .readonly()
    .tooltip(DashboardCursorSync.Crosshair)
    .refresh('30s')
    .time({ from: 'now-3h', to: 'now' })
    .timezone('browser')
    .version(1)
    .annotations([])
    .link(others());
  for (const variable of [chosenDatasource, chosenJobs, ...(options.variables ?? [])])
    builder.withVariable({ build: variable });
  for (const { title, panels } of options.sections) {
    builder.withRow(new RowBuilder(title));
    for (const panel of panels) builder.withPanel(panel);
  }
  return finished(builder.build());
}

/** Leads to the other dashboards, with the same span of time and the same choices. */
const others = () =>
  new DashboardLinkBuilder('Bulkwatch')
    .type(DashboardLinkType.Dashboards)
    .tags([tag])
    .asDropdown(false)
    .includeVars(true)
    .keepTime(true);

/**
 * The builder numbers nothing, and a panel without a number cannot be linked to; and it puts every link into a menu,
 * where nobody finds it.
 */
function finished(dashboard: Dashboard): Dashboard {
  const panels = (dashboard.panels ?? []).map((panel, index) => ({ ...panel, id: index + 1 }));
  const links = (dashboard.links ?? []).map(({ placement: _inMenu, ...link }) => link);
  return { ...dashboard, panels, links };
}
