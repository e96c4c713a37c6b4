import type { GeneratedFile } from '../generated-file.js';
import { allDashboards } from './all-dashboards.js';

/** The dashboards, as Grafana reads them. */
export const dashboardFiles = (): readonly GeneratedFile[] =>
  allDashboards.map(({ name, dashboard }) => ({
    path: `grafana/dashboards/${name}.json`,
    text: `${JSON.stringify(dashboard, null, 2)}\n`,
  }));
