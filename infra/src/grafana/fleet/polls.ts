import type { Section } from '../dashboard.js';
import { timeseries } from '../panels.js';
import { quantile, rate, series } from '../promql.js';

const all = series('bulkwatch_polls_total');
const failed = series('bulkwatch_polls_total', { outcome: 'poll_failed' });

export const polls: Section = {
  title: 'Polls',
  panels: [
    timeseries({
      title: 'Polls by outcome',
      description:
        'What polls found. poll_failed says nothing about the export: it is polled again.',
      unit: 'reqps',
      stacked: true,
      queries: [[rate(all, 'outcome'), '{{outcome}}']],
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
      queries: [[`${rate(failed)} / (${rate(all)} > 0)`, 'failed']],
    }),
    timeseries({
      title: 'Duration of polls',
      description:
        'From sending the status request to the last byte of its answer: is a provider slow?',
      unit: 's',
      queries: [
        [quantile(0.5, 'bulkwatch_poll_duration_seconds'), 'p50'],
        [quantile(0.99, 'bulkwatch_poll_duration_seconds'), 'p99'],
      ],
    }),
    timeseries({
      title: 'Retry-After, requested and applied',
      description:
        'How long providers ask us to wait, and how long we wait for it. It sets how many polls a job costs.',
      unit: 's',
      queries: [
        [quantile(0.5, 'bulkwatch_retry_after_requested_seconds'), 'requested, p50'],
        [quantile(0.9, 'bulkwatch_retry_after_requested_seconds'), 'requested, p90'],
        [quantile(0.5, 'bulkwatch_retry_after_applied_seconds'), 'applied, p50'],
        [quantile(0.9, 'bulkwatch_retry_after_applied_seconds'), 'applied, p90'],
      ],
    }),
    timeseries({
      title: 'Polls held back',
      description: 'Wake-ups that had to wait: for a turn, for a provider, or for an operator.',
      unit: 'reqps',
      queries: [[rate(series('bulkwatch_polls_held_total'), 'hold'), '{{hold}}']],
    }),
  ],
};
