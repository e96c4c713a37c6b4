import type { Section } from '../dashboard.js';
import { timeseries } from '../panels.js';
import { quantile, rate, series, total } from '../promql.js';

export const subscribers: Section = {
  title: 'Subscribers over HTTP',
  panels: [
    timeseries({
      title: 'Connections',
      description: 'Connections that events are sent to (GET /v1/events), over all api processes.',
      unit: 'short',
      queries: [[total(series('bulkwatch_api_subscribers')), 'connections']],
    }),
    timeseries({
      title: 'Connections that ended or were refused',
      description: 'slow and missed: they were not read fast enough. too many: add api processes.',
      unit: 'cps',
      queries: [
        [rate(series('bulkwatch_api_subscribers_ended_total'), 'cause'), '{{cause}}'],
        [rate(series('bulkwatch_api_subscribers_refused_total')), 'too many'],
      ],
    }),
    timeseries({
      title: 'How long requests were held',
      description: 'Requests that wait for a change of a job (?wait=), until there was one.',
      unit: 's',
      queries: [
        [quantile(0.5, 'bulkwatch_http_held_seconds'), 'p50'],
        [quantile(0.99, 'bulkwatch_http_held_seconds'), 'p99'],
      ],
    }),
  ],
};
