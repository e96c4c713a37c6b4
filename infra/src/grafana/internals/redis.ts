import { thresholds } from '../../config.js';
import type { Section } from '../dashboard.js';
import { goodFrom, stat, timeseries } from '../panels.js';
import { fleetWide, fleetWideLeast, ofProcess, series } from '../promql.js';

const each = '{{job}} {{instance}}';

export const redis: Section = {
  title: 'Redis',
  panels: [
    stat({
      title: 'Memory that is left',
      description:
        'Share of what Redis may allocate or, without a limit, of the memory of its machine.',
      unit: 'percentunit',
      width: 6,
      height: 7,
      colours: goodFrom(thresholds.memoryLeft.soon, thresholds.memoryLeft.now),
      queries: [[fleetWideLeast(series('bulkwatch_redis_memory_headroom_ratio')), 'left']],
    }),
    timeseries({
      title: 'Memory of Redis',
      description: 'What it has allocated, and what it may; 0 where it has no limit.',
      unit: 'bytes',
      width: 6,
      queries: [
        [fleetWide(series('bulkwatch_redis_memory_used_bytes')), 'used'],
        [fleetWide(series('bulkwatch_redis_memory_limit_bytes')), 'limit'],
      ],
    }),
    timeseries({
      title: 'Time until Redis answers',
      description: 'Of one ping before each scrape: is Redis slow, or the way to it?',
      unit: 's',
      width: 6,
      queries: [[ofProcess('bulkwatch_redis_round_trip_seconds'), each]],
    }),
    timeseries({
      title: 'Clock of Redis minus clock of the process',
      description: `Polls go by Redis's clock; instants in logs do not. An alert fires above ${thresholds.clockSkew} s.`,
      unit: 's',
      width: 6,
      signed: true,
      queries: [[ofProcess('bulkwatch_redis_clock_skew_seconds'), each]],
    }),
  ],
};
