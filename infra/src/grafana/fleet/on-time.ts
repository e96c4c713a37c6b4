import { thresholds } from '../../config.js';
import { durationText } from '../../duration.js';
import type { Section } from '../dashboard.js';
import { badFrom, goodFrom, stat, timeseries } from '../panels.js';
import { fleetWide, quantile, series } from '../promql.js';

const overdue = fleetWide(series('bulkwatch_overdue_jobs'));
const oldestOverdue = fleetWide(series('bulkwatch_oldest_overdue_age_seconds'));

export const onTime: Section = {
  title: 'Is everything on time?',
  panels: [
    stat({
      title: 'Alerts firing',
      description: 'Alerts of Bulkwatch that fire now. Each has a page under docs/runbooks.',
      unit: 'none',
      colours: badFrom(1),
      queries: [
        [
          'count(ALERTS{alertname=~"Bulkwatch.+", alertstate="firing", severity!="none"}) or vector(0)',
          'firing',
        ],
      ],
    }),
    stat({
      title: 'Open jobs',
      description: 'Exports that are being tracked and have not ended.',
      unit: 'short',
      queries: [
        [
          `sum(${fleetWide(series('bulkwatch_jobs', { state: '=~"registered|in-progress"' }), 'state')})`,
          'open',
        ],
      ],
    }),
    stat({
      title: 'Overdue jobs',
      description: 'Jobs whose poll should have started by now. Zero, but for moments.',
      unit: 'short',
      colours: badFrom(100, 1),
      queries: [[overdue, 'overdue']],
    }),
    stat({
      title: 'Oldest overdue',
      description: `How long the poll that waits longest has been due. An alert fires above ${durationText(thresholds.overdueAge)}.`,
      unit: 's',
      colours: badFrom(thresholds.overdueAge, thresholds.overdueAge / 2),
      queries: [[oldestOverdue, 'oldest']],
    }),
    stat({
      title: 'Lateness, p99',
      description: 'How late 99 of 100 polls started at most. The promise is one second.',
      unit: 's',
      colours: badFrom(5, 1),
      queries: [[quantile(0.99, 'bulkwatch_poll_lateness_seconds'), 'p99']],
    }),
    stat({
      title: 'Processes that reach Redis',
      description: 'Share of the apis and workers that had an answer from Redis when last scraped.',
      unit: 'percentunit',
      colours: goodFrom(1),
      queries: [[`avg(${series('bulkwatch_redis_up')})`, 'reach Redis']],
    }),
    timeseries({
      title: 'Overdue jobs over time',
      description: 'Rises when polls cannot start: no worker, no Redis, or more work than workers.',
      unit: 'short',
      queries: [[overdue, 'overdue']],
    }),
    timeseries({
      title: 'Age of the oldest overdue poll',
      description:
        'A line that climbs with the clock means that a job is stuck, however few there are.',
      unit: 's',
      queries: [[oldestOverdue, 'oldest overdue']],
    }),
    timeseries({
      title: 'Lateness of polls',
      description:
        'Start of a poll minus the instant at which it was due. Where a provider asks all polls to pause, that pause is in it.',
      unit: 's',
      queries: [
        [quantile(0.5, 'bulkwatch_poll_lateness_seconds'), 'p50'],
        [quantile(0.99, 'bulkwatch_poll_lateness_seconds'), 'p99'],
      ],
    }),
  ],
};
