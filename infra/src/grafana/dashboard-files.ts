import type { GeneratedFile } from '../generated-file.js';

/** The dashboards, as Grafana reads them. */
export const dashboardFiles = (): readonly GeneratedFile[] => [];
