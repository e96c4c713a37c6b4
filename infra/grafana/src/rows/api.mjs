import { row, timeseries } from '../panels.mjs';
import { quantile, rate } from '../promql.mjs';

const requests = 'bulkwatch_http_requests_total';

export const api = [
  row('API'),
  timeseries({
    title: 'Requests by route',
    description: 'Requests that the api answered, by the template of their path.',
    unit: 'reqps',
    width: 8,
    queries: [[rate(requests, 'method, route'), '{{method}} {{route}}']],
  }),
  timeseries({
    title: 'Refused and failed requests',
    description: '4xx: the caller is to mend something. 5xx: we are; an alert fires above 5 %.',
    unit: 'percentunit',
    width: 8,
    queries: ['4xx', '5xx'].map((status) => [
      `(${rate(`${requests}{status_class="${status}"}`)} or vector(0)) / ${rate(requests)}`,
      status,
    ]),
  }),
  timeseries({
    title: 'Time to answer, p99',
    description: 'By route. A request that waits for a change (?wait=) is slow on purpose.',
    unit: 's',
    width: 8,
    queries: [
      [
        quantile(0.99, 'bulkwatch_http_request_duration_seconds', 'method, route'),
        '{{method}} {{route}}',
      ],
    ],
  }),
];
