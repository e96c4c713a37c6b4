import type { Section } from '../dashboard.js';
import { badFrom, barGauge, timeseries } from '../panels.js';
import { fleetWide, rate, series } from '../promql.js';

export const files: Section = {
  title: 'Files, until they expire',
  panels: [
    barGauge({
      title: 'Files that expire soon',
      description:
        'Completed jobs that wait for an acknowledgement, and whose files expire within that time.',
      unit: 'short',
      colours: badFrom(1),
      queries: [[fleetWide(series('bulkwatch_expiring_jobs'), 'within'), 'within {{within}}']],
    }),
    timeseries({
      title: 'Files that expired',
      description: 'missing: nobody had said that they were loaded, and somebody should have.',
      unit: 'cps',
      queries: [
        [rate(series('bulkwatch_expired_jobs_total'), 'acknowledgement'), '{{acknowledgement}}'],
      ],
    }),
    timeseries({
      title: 'Removed because it was kept long enough',
      description: 'What the settings of retention have taken away: jobs, manifests, timelines.',
      unit: 'cps',
      queries: [[rate(series('bulkwatch_removed_total'), 'kind'), '{{kind}}']],
    }),
  ],
};
