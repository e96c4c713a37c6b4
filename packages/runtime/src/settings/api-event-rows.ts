import { count, duration, size } from './setting-kinds.js';
import type { SettingRow } from './setting-row.js';

/** Settings of the events that the api sends (`GET /v1/events`). */
export const apiEventRows = [
  {
    key: 'apiSubscribersMax',
    env: 'BULKWATCH_API_SUBSCRIBERS_MAX',
    kind: count(1, 100_000),
    default: '2000',
    services: ['api'],
    group: 'API',
    description: 'Most connections that are sent events (`GET /v1/events`), for each api process.',
    whenToChange: 'Raise it with the limit of open files, or run more api processes.',
  },
  {
    key: 'apiSubscriberBufferBytes',
    env: 'BULKWATCH_API_SUBSCRIBER_BUFFER',
    kind: size('16kb', '64mb'),
    default: '1mb',
    services: ['api'],
    group: 'API',
    description:
      'How much may wait for a subscriber that reads slowly, when an event comes, before its connection is ended.',
    whenToChange: 'Raise it, with memory at hand, when slow subscribers are dropped in bursts.',
  },
  {
    key: 'apiHeartbeatMs',
    env: 'BULKWATCH_API_HEARTBEAT',
    kind: duration('1s', '50s'),
    default: '15s',
    services: ['api'],
    group: 'API',
    description:
      'How often a subscriber is sent a sign of life, and its key or token is looked at again.',
    whenToChange: 'Keep it below the idle timeout of whatever stands before the api.',
  },
] as const satisfies readonly SettingRow[];
