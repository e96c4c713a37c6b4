import { row, timeseries } from '../panels.mjs';
import { rate } from '../promql.mjs';

const each = '{{job}} {{instance}}';

export const processes = [
  row('Processes and Redis'),
  timeseries({
    title: 'Redis reached',
    description: '1 when a process had an answer from Redis when last asked, else 0.',
    unit: 'bool_yes_no',
    width: 8,
    queries: [['bulkwatch_redis_up', each]],
  }),
  timeseries({
    title: 'Clock of Redis minus clock of the process',
    description: "Polls go by Redis's clock; instants in logs do not. An alert fires above 5 s.",
    unit: 's',
    // The one panel that has a negative side.
    min: null,
    width: 8,
    queries: [['bulkwatch_redis_clock_skew_seconds', each]],
  }),
  timeseries({
    title: 'Wake-ups that did not poll',
    description:
      'early and settled are everyday; superseded: doubled wake-ups; abandoned: a process was paused.',
    unit: 'cps',
    width: 8,
    queries: [
      [rate('bulkwatch_claims_total{result!="claimed"}', 'result'), '{{result}}'],
      [rate('bulkwatch_stale_results_total'), 'stale results'],
      [rate('bulkwatch_rescues_total'), 'rescued'],
    ],
  }),
  timeseries({
    title: 'Event loop lag, p99',
    description: 'Above 50 ms a process is short of CPU, or something blocks it.',
    unit: 's',
    width: 8,
    queries: [['nodejs_eventloop_lag_p99_seconds', each]],
  }),
  timeseries({
    title: 'CPU',
    description: 'Cores that each process uses; one process cannot use much more than one.',
    unit: 'none',
    width: 8,
    queries: [['rate(process_cpu_seconds_total{job=~"bulkwatch-.+"}[$__rate_interval])', each]],
  }),
  timeseries({
    title: 'Memory',
    description: 'Resident memory of each process. It does not grow with the number of jobs.',
    unit: 'bytes',
    width: 8,
    queries: [['process_resident_memory_bytes{job=~"bulkwatch-.+"}', each]],
  }),
  timeseries({
    title: 'Versions',
    description: 'Processes by service and version; two versions at once are a deploy under way.',
    unit: 'short',
    width: 24,
    stacked: true,
    queries: [['sum by (service, version) (bulkwatch_build_info)', '{{service}} {{version}}']],
  }),
];
