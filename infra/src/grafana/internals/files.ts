import type { Section } from '../dashboard.js';
import { timeseries } from '../panels.js';
import { ofProcess, rate } from '../promql.js';

export const files: Section = {
  title: 'Files that are read again when they change',
  panels: [
    timeseries({
      title: 'Credentials',
      description:
        'Changed versions of the file of credentials. rejected: the old one is in force.',
      unit: 'cps',
      queries: [[rate(ofProcess('bulkwatch_credential_reloads_total'), 'outcome'), '{{outcome}}']],
    }),
    timeseries({
      title: 'Tenants',
      description: 'Changed versions of the file of tenants. rejected: the old one is in force.',
      unit: 'cps',
      queries: [[rate(ofProcess('bulkwatch_tenants_reloads_total'), 'outcome'), '{{outcome}}']],
    }),
    timeseries({
      title: 'Other secrets and keys',
      description:
        'Changed versions of their files; the log says of which. rejected: the old one is in force.',
      unit: 'cps',
      queries: [[rate(ofProcess('bulkwatch_secret_file_reloads_total'), 'outcome'), '{{outcome}}']],
    }),
  ],
};
