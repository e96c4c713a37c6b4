import { readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { dashboardFiles } from '../grafana/dashboard-files.js';

const folder = resolve(import.meta.dirname, '../../grafana/dashboards');

/** Names of the dashboards that there are, and of those that are being generated; sorted. */
export function dashboardNames(): string[] {
  const files = [...readdirSync(folder), ...dashboardFiles().map(({ path }) => path)];
  const names = files
    .filter((file) => file.endsWith('.json'))
    .map((file) => file.replace(/^.*\/|\.json$/g, ''));
  return [...new Set(names)].toSorted();
}
