import type { Section } from '../dashboard.js';
import { timeseries } from '../panels.js';
import { fleetWide, rate, series } from '../promql.js';

export const stream: Section = {
  title: 'The stream of events',
  panels: [
    timeseries({
      title: 'Events published',
      description: 'Events appended to the stream that subscribers read.',
      unit: 'cps',
      queries: [[rate(series('bulkwatch_events_published_total'), 'event'), '{{event}}']],
    }),
    timeseries({
      title: 'Events kept',
      description: 'Events in the stream of the house, and in the longest of those of tenants.',
      unit: 'short',
      queries: [[fleetWide(series('bulkwatch_event_stream_length'), 'stream'), '{{stream}}']],
    }),
    timeseries({
      title: 'Events can be replayed for',
      description: 'Age of the oldest event that is kept.',
      unit: 's',
      queries: [[fleetWide(series('bulkwatch_event_stream_age_seconds'), 'stream'), '{{stream}}']],
    }),
  ],
};
