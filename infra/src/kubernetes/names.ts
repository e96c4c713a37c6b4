/** What the manifests have in common: names, labels and numbers, each said once. */
import { settingsTable } from '@bulkwatch/runtime';

/** The services that are deployed, as the images and the labels of their pods call them. */
export type Component = 'api' | 'worker';

/** Where all of it is. An overlay may say otherwise; then label that namespace like this one. */
export const namespace = 'bulkwatch';

/** Where Prometheus is, and how it is asked: as kube-prometheus-stack names them. */
export const monitoring = {
  namespace: 'monitoring',
  prometheus: 'http://prometheus-operated.monitoring.svc:9090',
  /** The label by which its operator finds monitors and rules. */
  selector: { release: 'kube-prometheus-stack' },
} as const;

/** Name of whatever belongs to a component: its Deployment, Service, ServiceAccount and so on. */
export const nameOf = (component: string): string => `bulkwatch-${component}`;

/** Labels of what belongs to a component; they select its pods. */
export const labelsOf = (component: string): Record<string, string> => ({
  'app.kubernetes.io/name': 'bulkwatch',
  'app.kubernetes.io/component': component,
});

export const metadataOf = (
  component: string,
): { name: string; labels: Record<string, string> } => ({
  name: nameOf(component),
  labels: labelsOf(component),
});

const defaultOf = (name: string): string => {
  const row = settingsTable.find(({ env }) => env === name);
  if (row === undefined || !('default' in row)) throw new Error(`${name} has no default.`);
  return row.default;
};

/** Ports are the defaults of the settings, so that an overlay has no reason to set them. */
export const ports = {
  api: Number(defaultOf('BULKWATCH_API_PORT')),
  ops: {
    api: Number(defaultOf('BULKWATCH_API_OPS_PORT')),
    worker: Number(defaultOf('BULKWATCH_WORKER_OPS_PORT')),
  },
  redis: 6379,
  simulator: 8090,
} as const;

/**
 * How a pod goes, in seconds. First it is taken out of the endpoints while it still serves, for that takes a moment to
 * reach everybody; nor would process 1 notice a signal before node has loaded. Then it has the grace of the settings,
 * of which a worker gives polls the first 60 %: more than a status request may take, so that each is finished.
 */
export const ending = { serveOn: 5, grace: 60, spare: 10 } as const;
