import { row, timeseries } from '../panels.mjs';
import { rate } from '../promql.mjs';

export const exports = [
  row('Exports'),
  timeseries({
    title: 'Jobs by state',
    description: 'Every job that is stored, over the whole fleet.',
    unit: 'short',
    width: 8,
    queries: [['max by (state) (bulkwatch_jobs)', '{{state}}']],
  }),
  timeseries({
    title: 'Registrations',
    description: 'New jobs, jobs that were tracked already, and requests that were refused.',
    unit: 'reqps',
    width: 8,
    queries: [[rate('bulkwatch_registrations_total', 'result'), '{{result}}']],
  }),
  timeseries({
    title: 'Events published',
    description: 'Events appended to the stream that subscribers read.',
    unit: 'cps',
    width: 8,
    queries: [[rate('bulkwatch_events_published_total', 'event'), '{{event}}']],
  }),
];
