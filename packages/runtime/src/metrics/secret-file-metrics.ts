import type { SettingRow } from '../settings/setting-row.js';
import { settingsTable } from '../settings/settings-table.js';
import type { MetricRow } from './metric-row.js';

const rows: readonly SettingRow[] = settingsTable;

/** Variables that name a file with a secret, or with keys, that is followed and has no counter of its own. */
const followedFiles: readonly string[] = [
  ...rows
    .filter(({ secret, services }) => secret && services.some((service) => service !== 'cli'))
    .map(({ env }) => `${env}_FILE`),
  'BULKWATCH_SEAL_KEYS_FILE',
  'BULKWATCH_JWT_JWKS_FILE',
];

/** The metrics of files with secrets; a part of the one table. */
export const secretFileMetrics = [
  {
    key: 'secretFileReloadsTotal',
    name: 'bulkwatch_secret_file_reloads_total',
    type: 'counter',
    help: 'Changed versions of files that hold a secret or keys, by the setting that names the file and by what became of them. Credentials and tenants have counters of their own.',
    labels: { file: followedFiles, outcome: ['loaded', 'rejected'] },
    services: ['api', 'worker'],
    neededFor: 'Operators: did a rotated secret arrive, or is the old version still in force?',
  },
] as const satisfies readonly MetricRow[];
