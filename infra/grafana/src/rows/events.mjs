import { row, timeseries } from '../panels.mjs';
import { rate } from '../promql.mjs';

const byGroup = (worst, metric) => [
  `${worst} by (stream, group) (${metric})`,
  '{{stream}} {{group}}',
];

export const events = [
  row('Events and their subscribers'),
  timeseries({
    title: 'Room before events are lost',
    description:
      'Share of BULKWATCH_EVENTS_MAX_LENGTH that is left for each consumer group. An alert fires below 40 %; at 0 events are cut that it needs.',
    unit: 'percentunit',
    width: 8,
    queries: [byGroup('min', 'bulkwatch_event_group_headroom_ratio')],
  }),
  timeseries({
    title: 'Events that groups have not been given',
    description: 'What waits in Redis for the members of each consumer group.',
    unit: 'short',
    width: 8,
    queries: [byGroup('max', 'bulkwatch_event_group_undelivered')],
  }),
  timeseries({
    title: 'Events that groups have not acknowledged',
    description: 'What members were given and are dealing with, or have left.',
    unit: 'short',
    width: 8,
    queries: [byGroup('max', 'bulkwatch_event_group_pending')],
  }),
  timeseries({
    title: 'Oldest event that is needed',
    description: 'How old the oldest event is that each consumer group has not acknowledged.',
    unit: 's',
    width: 8,
    queries: [byGroup('max', 'bulkwatch_event_group_needed_age_seconds')],
  }),
  timeseries({
    title: 'Events kept',
    description: 'Events in the stream of the house, and in the longest of those of tenants.',
    unit: 'short',
    width: 8,
    queries: [['max by (stream) (bulkwatch_event_stream_length)', '{{stream}}']],
  }),
  timeseries({
    title: 'Events can be replayed for',
    description: 'Age of the oldest event that is kept.',
    unit: 's',
    width: 8,
    queries: [['max by (stream) (bulkwatch_event_stream_age_seconds)', '{{stream}}']],
  }),
  timeseries({
    title: 'Events lost by groups',
    description:
      'Events that were cut before a consumer group had acknowledged them, since it was made.',
    unit: 'short',
    width: 8,
    queries: [byGroup('max', 'bulkwatch_event_group_lost')],
  }),
  timeseries({
    title: 'Subscribers over HTTP',
    description: 'Connections that events are sent to, over all api processes.',
    unit: 'short',
    width: 8,
    queries: [['sum(bulkwatch_api_subscribers)', 'connections']],
  }),
  timeseries({
    title: 'Connections for events that ended',
    description: 'slow and missed: they were not read fast enough. refused: there were too many.',
    unit: 'cps',
    width: 8,
    queries: [
      [rate('bulkwatch_api_subscribers_ended_total', 'cause'), '{{cause}}'],
      [rate('bulkwatch_api_subscribers_refused_total'), 'too many'],
    ],
  }),
];
