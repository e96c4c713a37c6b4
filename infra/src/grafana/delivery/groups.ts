import { thresholds } from '../../config.js';
import type { Section } from '../dashboard.js';
import { barGauge, goodFrom, timeseries } from '../panels.js';
import { fleetWide, fleetWideLeast, series } from '../promql.js';

const group = '{{stream}} {{group}}';
const headroom = fleetWideLeast(series('bulkwatch_event_group_headroom_ratio'), 'stream, group');

export const groups: Section = {
  title: 'Consumer groups',
  panels: [
    barGauge({
      title: 'Room before events are lost, now',
      description: `Share of BULKWATCH_EVENTS_MAX_LENGTH that is left for each consumer group. An alert fires below ${thresholds.groupHeadroom * 100} %; at 0 events are cut that it needs.`,
      unit: 'percentunit',
      colours: goodFrom(thresholds.groupFlood.headroom, thresholds.groupHeadroom),
      queries: [[headroom, group]],
    }),
    timeseries({
      title: 'Room before events are lost',
      description: 'A line that falls is a subscriber that reads less than is told, or has gone.',
      unit: 'percentunit',
      queries: [[headroom, group]],
    }),
    timeseries({
      title: 'Events that groups have not been given',
      description: 'What waits in Redis for the members of each consumer group.',
      unit: 'short',
      queries: [[fleetWide(series('bulkwatch_event_group_undelivered'), 'stream, group'), group]],
    }),
    timeseries({
      title: 'Events that groups have not acknowledged',
      description: 'What members were given and are dealing with, or have left.',
      unit: 'short',
      queries: [[fleetWide(series('bulkwatch_event_group_pending'), 'stream, group'), group]],
    }),
    timeseries({
      title: 'Oldest event that is needed',
      description: 'How old the oldest event is that each consumer group has not acknowledged.',
      unit: 's',
      queries: [
        [fleetWide(series('bulkwatch_event_group_needed_age_seconds'), 'stream, group'), group],
      ],
    }),
    timeseries({
      title: 'Events lost by groups',
      description:
        'Events that were cut before a consumer group had acknowledged them, since it was made.',
      unit: 'short',
      queries: [[fleetWide(series('bulkwatch_event_group_lost'), 'stream, group'), group]],
    }),
  ],
};
