import { count, duration, durations, originPatterns, size } from './setting-kinds.js';
import type { SettingRow } from './setting-row.js';

/** Settings of webhooks: where events may be posted, and how. */
export const webhookRows = [
  {
    key: 'webhookOrigins',
    env: 'BULKWATCH_WEBHOOK_ORIGINS',
    kind: originPatterns,
    services: ['api', 'worker'],
    group: 'Webhooks',
    description:
      'The origins to which events may be posted; without it there are no webhooks. `https://*.example.org` stands for all names below example.org. A tenant with `webhookOrigins` in the tenants file has that list instead.',
    whenToChange: 'Add the origins of the receivers that tenants may name.',
    example: 'https://hooks.example.org',
  },
  {
    key: 'webhookEndpointsMax',
    env: 'BULKWATCH_WEBHOOK_ENDPOINTS_MAX',
    kind: count(0, 1_000),
    default: '16',
    services: ['api'],
    group: 'Webhooks',
    description: 'How many endpoints a tenant may have.',
    whenToChange: 'Raise it for a tenant with many receivers: each event is posted to all of them.',
  },
  {
    key: 'webhookConcurrency',
    env: 'BULKWATCH_WEBHOOK_CONCURRENCY',
    kind: count(1, 1_000),
    default: '32',
    services: ['worker'],
    group: 'Webhooks',
    description: 'How many deliveries one worker has under way at once, over all receivers.',
    whenToChange: 'Raise it where many receivers are slow at the same time.',
  },
  {
    key: 'webhookReceiverConcurrency',
    env: 'BULKWATCH_WEBHOOK_RECEIVER_CONCURRENCY',
    kind: count(1, 100),
    default: '4',
    services: ['worker'],
    group: 'Webhooks',
    description:
      'How many deliveries all workers together have under way at once to one endpoint, or, for the webhooks of jobs, to one origin of a tenant.',
    whenToChange:
      'Raise it for receivers that take many at once, and lower it to 1 for one after the other.',
  },
  {
    key: 'webhookTimeoutMs',
    env: 'BULKWATCH_WEBHOOK_TIMEOUT',
    kind: duration('1s', '30s'),
    default: '15s',
    services: ['worker'],
    group: 'Webhooks',
    description: 'How long a receiver has to answer, from connecting to the head of its answer.',
    whenToChange: 'Raise it for receivers that work before they answer, which they should not.',
  },
  {
    key: 'webhookRetryDelaysMs',
    env: 'BULKWATCH_WEBHOOK_RETRIES',
    kind: durations({ min: '1s', max: '7d', most: 30 }),
    default: '5s,5m,30m,2h,5h,10h,14h,20h,24h',
    services: ['worker'],
    group: 'Webhooks',
    description:
      'How long after each failed attempt of a delivery the next one comes at the earliest; after the last it has failed. A tenth is added at random.',
    whenToChange:
      'Shorten it where a late event is of no use. It is not to last longer than the log is kept.',
  },
  {
    key: 'webhookDisableAfterMs',
    env: 'BULKWATCH_WEBHOOK_DISABLE_AFTER',
    kind: duration('1m', '90d'),
    default: '5d',
    services: ['worker'],
    group: 'Webhooks',
    description:
      'How long all attempts at a webhook must have failed, five at least, until it is disabled, with an event.',
    whenToChange: 'Raise it where receivers may be down for longer, as over holidays.',
  },
  {
    key: 'webhookBodyMaxBytes',
    env: 'BULKWATCH_WEBHOOK_BODY_MAX',
    kind: size('4kb', '1mb'),
    default: '20kb',
    services: ['api', 'worker'],
    group: 'Webhooks',
    description:
      'Largest event that is posted whole; a larger one goes without its manifest, and with a `dataref` instead. Standard Webhooks advises 20kb.',
    whenToChange: 'Raise it where receivers take larger bodies and cannot fetch the manifest.',
  },
  {
    key: 'webhookLogRetentionMs',
    env: 'BULKWATCH_WEBHOOK_LOG_RETENTION',
    kind: duration('1h', '90d'),
    default: '7d',
    services: ['api', 'worker'],
    group: 'Webhooks',
    description:
      'How long deliveries are kept, to be looked at and replayed; not shorter than BULKWATCH_WEBHOOK_RETRIES last.',
    whenToChange:
      'Lower it to save memory of Redis: a delivery takes about two kilobytes, and its event once.',
  },
  {
    key: 'webhookLogLength',
    env: 'BULKWATCH_WEBHOOK_LOG_LENGTH',
    kind: count(100, 10_000_000),
    default: '20000',
    services: ['api', 'worker'],
    group: 'Webhooks',
    description:
      'How many deliveries the log of an endpoint keeps at most. The oldest go first; what is still to be sent stays.',
    whenToChange:
      'Raise it where more than so many have to be looked at or replayed from the log; a replay of the stream needs no log.',
  },
] as const satisfies readonly SettingRow[];
