import { anyService, scrapeJobs, thresholds } from '../config.js';
import { minutes } from '../duration.js';
import type { Alert } from './alert.js';
import { lastTold, series, up } from './promql.js';

/** What no poll, and no answer of a worker, comes without. */
const needsWorkers = [
  'BulkwatchPollsOverdue',
  'BulkwatchPollsLate',
  'BulkwatchCompletionsLate',
  'BulkwatchCollectorAbsent',
  'BulkwatchWebhooksStuck',
];
/** Are our processes there, do they work, and is Redis with them? */
export const processAlerts: readonly Alert[] = [
  {
    name: 'BulkwatchWorkerAbsent',
    severity: 'critical',
    expr: `absent(${up(scrapeJobs.worker)} == 1)`,
    when: 'Prometheus reaches no worker',
    forSeconds: minutes(2),
    keepFiringForSeconds: minutes(2),
    summary: 'No worker is running.',
    description: 'Prometheus has reached no worker for two minutes, so no export is being polled.',
    dashboard: 'fleet',
    hushes: [{ names: needsWorkers }],
  },
  {
    name: 'BulkwatchApiAbsent',
    severity: 'critical',
    expr: `absent(${up(scrapeJobs.api)} == 1)`,
    when: 'Prometheus reaches no api',
    forSeconds: minutes(2),
    keepFiringForSeconds: minutes(2),
    summary: 'No api is running.',
    description: 'Prometheus has reached no api for two minutes, so no export can be registered.',
    dashboard: 'internals',
  },
  {
    // Where all are down the two above tell; a service that is scaled down disappears, and is not told of.
    name: 'BulkwatchTargetDown',
    severity: 'warning',
    expr: `${up(anyService)} == 0 and on (job) max by (job) (${up(anyService)}) == 1`,
    when: 'Prometheus does not reach one process, and does reach others of the same service',
    forSeconds: minutes(10),
    summary: '{{ $labels.instance }} of {{ $labels.job }} does not answer.',
    description:
      'Prometheus has not reached it for ten minutes, and does reach others of the same service.',
    dashboard: 'internals',
  },
  {
    // Who is elected tells what is overdue. Without that nothing is missing on a page but the truth.
    name: 'BulkwatchCollectorAbsent',
    severity: 'critical',
    expr: `count(${up(scrapeJobs.worker)} == 1) > 0 unless on () max(${series('bulkwatch_collector_up')}) == 1`,
    when: 'workers are up and none reports what is overdue',
    forSeconds: minutes(5),
    summary: 'Nobody looks whether polls are overdue.',
    description:
      'Workers that are up, by number: {{ $value | printf "%.0f" }}. None has been the collector for five minutes.',
    dashboard: 'internals',
  },
  {
    name: 'BulkwatchRedisDown',
    severity: 'critical',
    expr: `${series('bulkwatch_redis_up')} == 0`,
    when: 'a process has no answer from Redis',
    forSeconds: minutes(1),
    keepFiringForSeconds: minutes(2),
    summary: '{{ $labels.job }} cannot reach Redis.',
    description: '{{ $labels.instance }} has had no answer from Redis for a minute.',
    dashboard: 'internals',
    hushes: [
      { job: scrapeJobs.worker, names: [...needsWorkers, 'BulkwatchEngineRestarting'] },
      { job: scrapeJobs.api, names: ['BulkwatchApiErrors', 'BulkwatchApiSlow'] },
    ],
  },
  ...memoryAlerts(),
  {
    name: 'BulkwatchClockSkew',
    severity: 'warning',
    expr: `max by (job, instance) (abs(${series('bulkwatch_redis_clock_skew_seconds')})) > ${thresholds.clockSkew}`,
    when: `the clocks of a process and Redis are more than ${thresholds.clockSkew} s apart`,
    forSeconds: minutes(5),
    summary: 'The clock of {{ $labels.instance }} is wrong, or that of Redis.',
    description:
      'The clocks of {{ $labels.instance }} and Redis are {{ $value | humanizeDuration }} apart.',
    dashboard: 'internals',
  },
];

/** A Redis that is full takes no registration and no claim: nothing is lost, and everything stops. */
function memoryAlerts(): Alert[] {
  const { soon, now } = thresholds.memoryLeft;
  const left = `min(${lastTold(series('bulkwatch_redis_memory_headroom_ratio'))})`;
  const shared = {
    name: 'BulkwatchRedisMemoryLow',
    summary: 'Redis runs out of memory.',
    description: '{{ $value | humanizePercentage }} of its memory are left.',
    dashboard: 'internals',
  } as const;
  const less = (share: number): string => `less than ${share * 100} % of Redis's memory is left`;
  return [
    {
      ...shared,
      severity: 'warning',
      expr: `${left} < ${soon}`,
      when: less(soon),
      forSeconds: minutes(15),
    },
    {
      ...shared,
      severity: 'critical',
      expr: `${left} < ${now}`,
      when: less(now),
      forSeconds: minutes(5),
    },
  ];
}
