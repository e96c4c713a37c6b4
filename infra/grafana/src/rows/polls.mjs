import { row, timeseries } from '../panels.mjs';
import { quantile, rate } from '../promql.mjs';

const failed = 'bulkwatch_polls_total{outcome="poll_failed"}';

export const polls = [
  row('Polls and providers'),
  timeseries({
    title: 'Polls by outcome',
    description: 'What polls found. poll_failed says nothing about the export: it is polled again.',
    unit: 'reqps',
    stacked: true,
    queries: [[rate('bulkwatch_polls_total', 'outcome'), '{{outcome}}']],
  }),
  timeseries({
    title: 'Failed polls by reason',
    description: 'Why polls failed; docs/reasons.md says what to do about each reason.',
    unit: 'reqps',
    stacked: true,
    queries: [[`${rate(failed, 'reason')} > 0`, '{{reason}}']],
  }),
  timeseries({
    title: 'Share of polls that failed',
    description:
      'All reasons together. One failing provider among many shows as its share of the polls.',
    unit: 'percentunit',
    width: 8,
    queries: [[`${rate(failed)} / ${rate('bulkwatch_polls_total')}`, 'failed']],
  }),
  timeseries({
    title: 'Duration of polls',
    description:
      'From sending the status request to the last byte of its answer: is a provider slow?',
    unit: 's',
    width: 8,
    queries: [
      [quantile(0.5, 'bulkwatch_poll_duration_seconds'), 'p50'],
      [quantile(0.99, 'bulkwatch_poll_duration_seconds'), 'p99'],
    ],
  }),
  timeseries({
    title: 'Retry-After requested',
    description: 'How long providers ask us to wait. It sets how many polls a tracked job costs.',
    unit: 's',
    width: 8,
    queries: [
      [quantile(0.5, 'bulkwatch_retry_after_requested_seconds'), 'p50'],
      [quantile(0.9, 'bulkwatch_retry_after_requested_seconds'), 'p90'],
    ],
  }),
  timeseries({
    title: 'Token requests',
    description:
      'Requests to token endpoints. refused: the credential is wrong; failed: no usable answer.',
    unit: 'reqps',
    width: 8,
    queries: [[rate('bulkwatch_token_requests_total', 'outcome'), '{{outcome}}']],
  }),
  timeseries({
    title: 'Delete requests',
    description: 'Cancelled exports that were to be deleted at the provider.',
    unit: 'reqps',
    width: 8,
    queries: [[rate('bulkwatch_delete_requests_total', 'outcome'), '{{outcome}}']],
  }),
  timeseries({
    title: 'Oddities in answers',
    description: 'Answers that were understood, but are not as the specification has them.',
    unit: 'cps',
    width: 8,
    queries: [[rate('bulkwatch_response_anomalies_total', 'anomaly'), '{{anomaly}}']],
  }),
  timeseries({
    title: 'Providers that are out',
    description:
      'Failed so often in a row that they are only probed; GET /v1/providers names them.',
    unit: 'short',
    width: 8,
    queries: [['max(bulkwatch_providers_out)', 'out']],
  }),
  timeseries({
    title: 'Circuits opened and closed',
    description: 'Providers that were found to be out, or back again.',
    unit: 'cps',
    width: 8,
    queries: [[rate('bulkwatch_circuit_changes_total', 'change'), '{{change}}']],
  }),
  timeseries({
    title: 'Polls held back',
    description: 'Wake-ups that had to wait: for a turn, for a provider, or for an operator.',
    unit: 'reqps',
    width: 8,
    queries: [[rate('bulkwatch_polls_held_total', 'hold'), '{{hold}}']],
  }),
];
