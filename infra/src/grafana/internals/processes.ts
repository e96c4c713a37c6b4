import type { Section } from '../dashboard.js';
import { timeseries } from '../panels.js';
import { ofProcess } from '../promql.js';

const each = '{{job}} {{instance}}';
const pace = (counter: string) => `rate(${counter}[$__rate_interval])`;

export const processes: Section = {
  title: 'Processes',
  panels: [
    timeseries({
      title: 'Answers to scrapes, and Redis reached',
      description: '1 where a process answered Prometheus, and had an answer from Redis.',
      unit: 'bool_yes_no',
      queries: [
        [ofProcess('up'), `${each} up`],
        [ofProcess('bulkwatch_redis_up'), `${each} reaches Redis`],
      ],
    }),
    timeseries({
      title: 'Event loop lag',
      description: 'Above 50 ms a process is short of CPU, or something blocks it.',
      unit: 's',
      queries: [
        [ofProcess('nodejs_eventloop_lag_p99_seconds'), `${each} p99`],
        [ofProcess('nodejs_eventloop_lag_mean_seconds'), `${each} mean`],
      ],
    }),
    timeseries({
      title: 'CPU',
      description: 'Cores that each process uses; one process cannot use much more than one.',
      unit: 'none',
      queries: [[pace(ofProcess('process_cpu_seconds_total')), each]],
    }),
    timeseries({
      title: 'Memory',
      description: 'Resident memory of each process. It does not grow with the number of jobs.',
      unit: 'bytes',
      queries: [[ofProcess('process_resident_memory_bytes'), each]],
    }),
    timeseries({
      title: 'Heap that is used',
      description: 'Of V8, before and between collections. A floor that climbs for days is a leak.',
      unit: 'bytes',
      queries: [[ofProcess('nodejs_heap_size_used_bytes'), each]],
    }),
    timeseries({
      title: 'Time spent on garbage',
      description: 'Share of the time that collections took.',
      unit: 'percentunit',
      queries: [
        [`sum by (job, instance) (${pace(ofProcess('nodejs_gc_duration_seconds_sum'))})`, each],
      ],
    }),
    timeseries({
      title: 'Open files and sockets',
      description: 'Of as many as the process may have.',
      unit: 'percentunit',
      width: 6,
      queries: [[`${ofProcess('process_open_fds')} / ${ofProcess('process_max_fds')}`, each]],
    }),
    timeseries({
      title: 'Running for',
      description: 'A line that falls to zero is a restart.',
      unit: 's',
      width: 6,
      queries: [[`time() - ${ofProcess('process_start_time_seconds')}`, each]],
    }),
    timeseries({
      title: 'Versions',
      description: 'Processes by service and version; two versions at once are a deploy under way.',
      unit: 'short',
      stacked: true,
      width: 6,
      queries: [
        [
          `sum by (service, version) (${ofProcess('bulkwatch_build_info')})`,
          '{{service}} {{version}}',
        ],
      ],
    }),
    timeseries({
      title: 'Schema of the data',
      description:
        'As each process heard last; 0 before it has. It changes once no process of an older release lives.',
      unit: 'none',
      width: 6,
      queries: [[ofProcess('bulkwatch_schema_version'), each]],
    }),
  ],
};
