import { hours, minutes } from '../duration.js';
import type { Alert } from './alert.js';
import { grown, series } from './promql.js';

const rejected = { outcome: 'rejected' } as const;

/** What of these files was not taken within an hour, by the service and the file. */
const perFile = [
  named('credentials', series('bulkwatch_credential_reloads_total', rejected)),
  named('tenants', series('bulkwatch_tenants_reloads_total', rejected)),
  grown(series('bulkwatch_secret_file_reloads_total', rejected), hours(1), 'job, file'),
];

/** Is what was changed in force? */
export const reloadAlerts: readonly Alert[] = [
  {
    // Told once, by its counter: no gauge says which version a process has.
    name: 'BulkwatchReloadRejected',
    severity: 'warning',
    expr: perFile.map((counted) => `${counted} > 0`).join('\nor '),
    when: 'a changed file of credentials, tenants or secrets could not be used, within the last hour',
    forSeconds: minutes(1),
    summary: 'A changed file was not taken: {{ $labels.file }}.',
    description:
      'What {{ $labels.job }} had before is still in force; its log says what is wrong with the new version.',
    dashboard: 'internals',
  },
];

function named(file: string, counter: string): string {
  return `label_replace(${grown(counter, hours(1), 'job')}, "file", "${file}", "", "")`;
}
