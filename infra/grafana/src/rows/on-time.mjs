import { row, stat, timeseries } from '../panels.mjs';
import { quantile } from '../promql.mjs';

export const onTime = [
  row('Is everything on time?'),
  stat({
    title: 'Alerts firing',
    description: 'Alerts of Bulkwatch that fire now. Each has a page under docs/runbooks.',
    unit: 'none',
    colours: [
      ['green', null],
      ['red', 1],
    ],
    queries: [
      ['count(ALERTS{alertname=~"Bulkwatch.+", alertstate="firing"}) or vector(0)', 'firing'],
    ],
  }),
  stat({
    title: 'Open jobs',
    description: 'Exports that are being tracked and have not ended.',
    unit: 'short',
    queries: [['sum(max by (state) (bulkwatch_jobs{state=~"registered|in-progress"}))', 'open']],
  }),
  stat({
    title: 'Overdue jobs',
    description: 'Jobs whose poll should have started by now. Zero, but for moments.',
    unit: 'short',
    colours: [
      ['green', null],
      ['yellow', 1],
      ['red', 100],
    ],
    queries: [['max(bulkwatch_overdue_jobs)', 'overdue']],
  }),
  stat({
    title: 'Oldest overdue',
    description:
      'How long the poll that waits longest has been due. An alert fires above two minutes.',
    unit: 's',
    colours: [
      ['green', null],
      ['yellow', 60],
      ['red', 120],
    ],
    queries: [['max(bulkwatch_oldest_overdue_age_seconds)', 'oldest']],
  }),
  stat({
    title: 'Lateness, p99',
    description: 'How late 99 of 100 polls started at most. The promise is one second.',
    unit: 's',
    colours: [
      ['green', null],
      ['yellow', 1],
      ['red', 5],
    ],
    // The comparison turns `not a number`, when nothing was polled, into no data.
    queries: [[`${quantile(0.99, 'bulkwatch_poll_lateness_seconds')} >= 0`, 'p99']],
  }),
  stat({
    title: 'Processes that reach Redis',
    description: 'Share of the apis and workers that had an answer from Redis when last scraped.',
    unit: 'percentunit',
    colours: [
      ['red', null],
      ['green', 1],
    ],
    queries: [['avg(bulkwatch_redis_up)', 'reach Redis']],
  }),
  timeseries({
    title: 'Overdue jobs over time',
    description: 'Rises when polls cannot start: no worker, no Redis, or more work than workers.',
    unit: 'short',
    width: 8,
    queries: [['max(bulkwatch_overdue_jobs)', 'overdue']],
  }),
  timeseries({
    title: 'Age of the oldest overdue poll',
    description:
      'A line that climbs with the clock means that a job is stuck, however few there are.',
    unit: 's',
    width: 8,
    queries: [['max(bulkwatch_oldest_overdue_age_seconds)', 'oldest overdue']],
  }),
  timeseries({
    title: 'Lateness of polls',
    description:
      'Start of a poll minus the instant at which it was due. Where a provider asks all polls to pause, that pause is in it.',
    unit: 's',
    width: 8,
    queries: [
      [quantile(0.5, 'bulkwatch_poll_lateness_seconds'), 'p50'],
      [quantile(0.99, 'bulkwatch_poll_lateness_seconds'), 'p99'],
    ],
  }),
];
