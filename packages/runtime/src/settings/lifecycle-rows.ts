import { duration, durations, retention } from './setting-kinds.js';
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
  {
    key: 'retentionJobsMs',
    env: 'BULKWATCH_RETENTION_JOBS',
    kind: retention('1h', '3650d'),
    default: '90d',
    services: ['worker'],
    group: 'After completion',
    description:
      'How long a job is kept after it has settled, or was last refreshed. Then all that is known of it is removed, but for its events.',
    whenToChange:
      'Lower it to save memory of Redis: a settled job takes about 1 kB, and its manifest and timeline besides. Nothing is ever removed with `never`.',
  },
  {
    key: 'retentionPollsMs',
    env: 'BULKWATCH_RETENTION_POLLS',
    kind: retention('1h', '3650d'),
    default: '30d',
    services: ['worker'],
    group: 'After completion',
    description:
      'How long the timeline of a job is kept after it has settled. Not above BULKWATCH_RETENTION_JOBS.',
    whenToChange:
      'Raise it if you look into the polls of old jobs; a timeline of twenty polls takes about 4 kB of Redis.',
  },
  {
    key: 'retentionManifestsMs',
    env: 'BULKWATCH_RETENTION_MANIFESTS',
    kind: retention('1h', '3650d'),
    default: '90d',
    services: ['worker'],
    group: 'After completion',
    description:
      'How long the manifest of a job is kept after it has settled, or was last refreshed; unless the job is acknowledged, also until its files expire, for a year at most. Not above BULKWATCH_RETENTION_JOBS.',
    whenToChange: 'Lower it where manifests are large, or name what should soon be forgotten.',
  },
  {
    key: 'retentionIntervalMs',
    env: 'BULKWATCH_RETENTION_INTERVAL',
    kind: duration('100ms', '24h'),
    default: '10m',
    services: ['worker'],
    group: 'After completion',
    description: 'How often the workers look for what has been kept long enough.',
    whenToChange: 'Leave it; what is due is removed this much later at most, a little at a time.',
  },
] as const satisfies readonly SettingRow[];
