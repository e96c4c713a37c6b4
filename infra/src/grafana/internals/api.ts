import type { Section } from '../dashboard.js';
import { timeseries } from '../panels.js';
import { ofProcess, quantileOfProcesses, rate } from '../promql.js';

const requests = ofProcess('bulkwatch_http_requests_total');

export const api: Section = {
  title: 'API: requests, errors, duration',
  panels: [
    timeseries({
      title: 'Requests by route',
      description: 'Requests that the api answered, by the template of their path.',
      unit: 'reqps',
      queries: [[`${rate(requests, 'method, route')} > 0`, '{{method}} {{route}}']],
    }),
    timeseries({
      title: 'Refused and failed requests',
      description: '4xx: the caller is to mend something. 5xx: we are.',
      unit: 'percentunit',
      queries: ['4xx', '5xx'].map((status) => [
        `(${rate(ofProcess('bulkwatch_http_requests_total', { status_class: status }))} or vector(0)) / (${rate(requests)} > 0)`,
        status,
      ]),
    }),
    timeseries({
      title: 'Time to answer, p99',
      description: 'By route. Requests that wait for a change (?wait=) and streams are not in it.',
      unit: 's',
      queries: [
        [
          // No number where nobody has asked.
          `${quantileOfProcesses(0.99, 'bulkwatch_http_request_duration_seconds', 'method, route')} > 0`,
          '{{method}} {{route}}',
        ],
      ],
    }),
    timeseries({
      title: 'Requests turned away',
      description: 'Before their route: a key or token that does not do, or too many requests.',
      unit: 'reqps',
      queries: [[rate(ofProcess('bulkwatch_api_refusals_total'), 'cause'), '{{cause}}']],
    }),
    timeseries({
      title: 'Done by hand',
      description:
        'Jobs that were to be paused, resumed and the like, and polls asked for; forced: over what the provider asked.',
      unit: 'cps',
      queries: [
        [
          `${rate(ofProcess('bulkwatch_job_actions_total'), 'action, result')} > 0`,
          '{{action}} {{result}}',
        ],
        [rate(ofProcess('bulkwatch_requested_polls_total'), 'forced'), 'polls, forced: {{forced}}'],
      ],
    }),
    timeseries({
      title: "Fetches of the issuer's keys",
      description: 'An issuer that is out: after a day its tokens are not taken any more.',
      unit: 'reqps',
      queries: [[rate(ofProcess('bulkwatch_issuer_key_fetches_total'), 'outcome'), '{{outcome}}']],
    }),
  ],
};
