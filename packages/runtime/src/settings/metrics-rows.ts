import { count } from './setting-kinds.js';
import type { SettingRow } from './setting-row.js';

/** Settings of what the metrics tell. */
export const metricsRows = [
  {
    key: 'metricsProviders',
    env: 'BULKWATCH_METRICS_PROVIDERS',
    kind: count(0, 100),
    default: '20',
    services: ['worker'],
    group: 'Operation',
    description:
      'How many providers, those with the most open jobs first, have metrics of their own, labelled with their origin; the others are told together.',
    whenToChange:
      'Raise it to see more of them on the dashboard, at some ten series each and one for each kind of answer; 0 keeps origins out of the metrics.',
  },
] as const satisfies readonly SettingRow[];
