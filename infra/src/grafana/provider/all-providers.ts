import type { Section } from '../dashboard.js';
import { timeseries } from '../panels.js';
import { rate, series } from '../promql.js';

export const allProviders: Section = {
  title: 'All providers together: the log says which',
  panels: [
    timeseries({
      title: 'Token requests',
      description:
        'Requests to token endpoints. refused: the credential is wrong; failed: no usable answer.',
      unit: 'reqps',
      width: 6,
      queries: [[rate(series('bulkwatch_token_requests_total'), 'outcome'), '{{outcome}}']],
    }),
    timeseries({
      title: 'Delete requests',
      description:
        'Exports that were to be deleted at the provider: cancelled ones, and those that were acknowledged (clean-up).',
      unit: 'reqps',
      width: 6,
      queries: [
        [rate(series('bulkwatch_delete_requests_total'), 'outcome'), 'cancelled {{outcome}}'],
        [rate(series('bulkwatch_clean_up_requests_total'), 'outcome'), 'clean-up {{outcome}}'],
      ],
    }),
    timeseries({
      title: 'Oddities in answers',
      description: 'Answers that were understood, but are not as the specification has them.',
      unit: 'cps',
      width: 6,
      queries: [[rate(series('bulkwatch_response_anomalies_total'), 'anomaly'), '{{anomaly}}']],
    }),
    timeseries({
      title: 'URLs and connections refused',
      description: 'By our own rules on where may be connected to: an origin that is not listed.',
      unit: 'cps',
      width: 6,
      queries: [[`${rate(series('bulkwatch_egress_refusals_total'), 'reason')} > 0`, '{{reason}}']],
    }),
  ],
};
