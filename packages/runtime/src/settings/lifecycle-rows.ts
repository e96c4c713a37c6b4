import { duration, durations } from './setting-kinds.js';
import type { SettingRow } from './setting-row.js';

/** Settings of what becomes of jobs after they have settled; a part of the one table. */
export const lifecycleRows = [
  {
    key: 'expiringThresholdsMs',
    env: 'BULKWATCH_EXPIRING_THRESHOLDS',
    kind: durations({ min: '1s', max: '90d', most: 10 }),
    default: '24h,6h,1h',
    services: ['worker'],
    group: 'After completion',
    description:
      'How long before the files of a completed job expire subscribers are told (`expiring`), once for each of these, while the job is not acknowledged.',
    whenToChange: 'Set what your loaders need to load an export in time.',
  },
  {
    key: 'expiryIntervalMs',
    env: 'BULKWATCH_EXPIRY_INTERVAL',
    kind: duration('100ms', '10m'),
    default: '15s',
    services: ['worker'],
    group: 'After completion',
    description: 'How often the worker looks for jobs whose files expire.',
    whenToChange: 'Leave it; the events `expiring` and `expired` come late by this at most.',
  },
] as const satisfies readonly SettingRow[];
