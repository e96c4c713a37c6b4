import { hours, minutes } from '../duration.js';
import type { Alert } from './alert.js';
import { grown, series } from './promql.js';

/** Files that are read again when they change, and the counter of what became of that. */
const files = {
  credentials: series('bulkwatch_credential_reloads_total', { outcome: 'rejected' }),
  tenants: series('bulkwatch_tenants_reloads_total', { outcome: 'rejected' }),
};

/** Is what was changed in force? */
export const reloadAlerts: readonly Alert[] = [
  {
    // Told once, by its counter: no gauge says which version a process has.
    name: 'BulkwatchReloadRejected',
    severity: 'warning',
    expr: `${Object.entries(files)
      .map(
        ([file, rejected]) =>
          `label_replace(${grown(rejected, hours(1), 'job')}, "file", "${file}", "", "") > 0`,
      )
      .join('\nor ')}`,
    when: 'a changed file of credentials, tenants or secrets could not be used, within the last hour',
    forSeconds: minutes(1),
    summary: 'A changed file was not taken: {{ $labels.file }}.',
    description:
      'What {{ $labels.job }} had before is still in force; its log says what is wrong with the new version.',
    dashboard: 'internals',
  },
];
