import type { Section } from '../dashboard.js';
import { timeseries } from '../panels.js';
import { fleetWide, rate, series } from '../promql.js';

export const jobs: Section = {
  title: 'What is being tracked',
  panels: [
    timeseries({
      title: 'Jobs by state',
      description: 'Every job that is stored, over the whole fleet.',
      unit: 'short',
      queries: [[fleetWide(series('bulkwatch_jobs'), 'state'), '{{state}}']],
    }),
    timeseries({
      title: 'Open jobs by poll health',
      description:
        'ok: the last poll went well. What each of the others means, docs/states.md says.',
      unit: 'short',
      stacked: true,
      queries: [[fleetWide(series('bulkwatch_jobs_by_health'), 'health'), '{{health}}']],
    }),
    timeseries({
      title: 'Changes of poll health',
      description: 'Jobs that came to be of that health: are polls beginning to fail?',
      unit: 'cps',
      queries: [[rate(series('bulkwatch_health_changes_total'), 'health'), '{{health}}']],
    }),
    timeseries({
      title: 'Due soon',
      description: 'Jobs that are to be polled within that time: the work ahead.',
      unit: 'short',
      queries: [[fleetWide(series('bulkwatch_due_jobs'), 'within'), 'within {{within}}']],
    }),
    timeseries({
      title: 'Age of the oldest open job',
      description: 'How long the export has been tracked that was registered first: does it end?',
      unit: 's',
      queries: [[fleetWide(series('bulkwatch_oldest_open_job_age_seconds')), 'oldest']],
    }),
    timeseries({
      title: 'Registrations',
      description: 'New jobs, jobs that were tracked already, and requests that were refused.',
      unit: 'reqps',
      queries: [[rate(series('bulkwatch_registrations_total'), 'result'), '{{result}}']],
    }),
  ],
};
