import type { Alert } from './alert.js';
import { deliveryAlerts } from './delivery-alerts.js';
import { engineAlerts } from './engine-alerts.js';
import { pollAlerts } from './poll-alerts.js';
import { processAlerts } from './process-alerts.js';
import { reloadAlerts } from './reload-alerts.js';
import { sloAlerts } from './slo-alerts.js';
import { watchAlerts } from './watch-alerts.js';

/**
 * Every alert, by the group it is evaluated in. Each has a page under docs/runbooks and a test under
 * infra/prometheus/tests, and asks somebody to do something.
 */
export const alertGroups = {
  processes: processAlerts,
  engine: engineAlerts,
  polls: pollAlerts,
  delivery: deliveryAlerts,
  slos: sloAlerts,
  files: reloadAlerts,
  watchdog: watchAlerts,
} as const satisfies Readonly<Record<string, readonly Alert[]>>;

export const alerts: readonly Alert[] = Object.values(alertGroups).flat();
