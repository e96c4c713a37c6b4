import { count, duration } from './setting-kinds.js';
import type { SettingRow } from './setting-row.js';

/** Settings of how long the worker keeps events that all consumer groups have had. */
export const workerEventRows = [
  {
    key: 'eventsKeepLength',
    env: 'BULKWATCH_EVENTS_KEEP_LENGTH',
    kind: count(1_000, 100_000_000),
    services: ['worker'],
    group: 'Events',
    description:
      'About how many events a stream keeps that all of its consumer groups have acknowledged; half of BULKWATCH_EVENTS_MAX_LENGTH unless set. Not above that.',
    whenToChange:
      'Raise it for subscribers that read without a group, such as over HTTP; what is left up to BULKWATCH_EVENTS_MAX_LENGTH is for groups that fall behind.',
    example: '100000',
  },
  {
    key: 'eventsMaxAgeMs',
    env: 'BULKWATCH_EVENTS_MAX_AGE',
    kind: duration('1m', '3650d'),
    default: '7d',
    services: ['worker'],
    group: 'Events',
    description:
      'How long events are kept that all consumer groups of their stream have acknowledged.',
    whenToChange: 'Raise it to replay what is older; BULKWATCH_EVENTS_KEEP_LENGTH still applies.',
  },
] as const satisfies readonly SettingRow[];
