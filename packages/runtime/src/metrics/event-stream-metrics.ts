import type { MetricRow } from './metric-row.js';

/**
 * `house` is the stream of all events. Groups have the names that its subscribers gave them: the first fifty by name, the
 * worst of the others as `other`. The streams of tenants are told together, by the worst of all, as `any` group: who they
 * are, the log says.
 */
const group = { stream: ['house', 'tenants'], group: 'open' } as const;
const groupBounds = { group: 'the first fifty names of all, `other`, and `any`' } as const;

/** The metrics of the event streams in Redis; a part of the one table. */
export const eventStreamMetrics = [
  {
    key: 'eventStreamLength',
    name: 'bulkwatch_event_stream_length',
    type: 'gauge',
    help: 'Events in the stream; of the streams of tenants, in the longest.',
    labels: { stream: group.stream },
    services: ['worker'],
    elected: true,
    neededFor: 'Operators: how near is BULKWATCH_EVENTS_MAX_LENGTH? Aggregate with max.',
  },
  {
    key: 'eventStreamAgeSeconds',
    name: 'bulkwatch_event_stream_age_seconds',
    type: 'gauge',
    help: 'Age of the oldest event that is kept; of the streams of tenants, in the one that has the oldest.',
    labels: { stream: group.stream },
    services: ['worker'],
    elected: true,
    neededFor: 'Subscribers: how far back can be replayed? Aggregate with max.',
  },
  {
    key: 'eventGroupUndelivered',
    name: 'bulkwatch_event_group_undelivered',
    type: 'gauge',
    help: 'Events that no member of a consumer group has been given yet; none from a Redis that does not count them.',
    labels: group,
    bounds: groupBounds,
    services: ['worker'],
    elected: true,
    neededFor: 'Operators: is a subscriber slow, or gone? Aggregate with max.',
  },
  {
    key: 'eventGroupPending',
    name: 'bulkwatch_event_group_pending',
    type: 'gauge',
    help: 'Events that members of a consumer group were given and have not acknowledged.',
    labels: group,
    bounds: groupBounds,
    services: ['worker'],
    elected: true,
    neededFor: 'Operators: does a handler hang? Aggregate with max.',
  },
  {
    key: 'eventGroupNeededAgeSeconds',
    name: 'bulkwatch_event_group_needed_age_seconds',
    type: 'gauge',
    help: 'Age of the oldest event that a consumer group has not acknowledged; 0 where it has had all.',
    labels: group,
    bounds: groupBounds,
    services: ['worker'],
    elected: true,
    neededFor: 'Operators: how far behind is a subscriber? Aggregate with max.',
  },
  {
    key: 'eventGroupHeadroomRatio',
    name: 'bulkwatch_event_group_headroom_ratio',
    type: 'gauge',
    help: 'Events that can still be told before one is cut that a consumer group needs, as a share of BULKWATCH_EVENTS_MAX_LENGTH; 1 where it has had all.',
    labels: group,
    bounds: groupBounds,
    services: ['worker'],
    elected: true,
    neededFor: 'Operators: the alert before a subscriber loses events. Aggregate with min.',
  },
  {
    key: 'eventGroupLost',
    name: 'bulkwatch_event_group_lost',
    type: 'gauge',
    help: 'Events that were cut before a consumer group had acknowledged them, since it was made; of tenants, the sum. About, where Redis is older than 7.2.6.',
    labels: group,
    bounds: groupBounds,
    services: ['worker'],
    elected: true,
    neededFor: 'Operators: the alert on events that a subscriber lost. Aggregate with max.',
  },
] as const satisfies readonly MetricRow[];
