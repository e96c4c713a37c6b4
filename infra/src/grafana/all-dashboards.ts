import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { delivery } from './delivery/delivery.js';
import { fleet } from './fleet/fleet.js';
import { internals } from './internals/internals.js';
import { provider } from './provider/provider.js';

export interface NamedDashboard {
  /** Of its file, and of its picture. */
  readonly name: string;
  readonly dashboard: Dashboard;
}

/** Every dashboard, in the order in which one looks at them. */
export const allDashboards: readonly NamedDashboard[] = [
  { name: 'fleet', dashboard: fleet },
  { name: 'provider', dashboard: provider },
  { name: 'delivery', dashboard: delivery },
  { name: 'internals', dashboard: internals },
];
