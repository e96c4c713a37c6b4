import { eventStream } from '@bulkwatch/contract';

/** The part of docs/events.md on how long streams keep events. */
export const eventRetention = `\
## How long events are kept

The worker trims each stream every ten seconds, in small steps: what is older than \`BULKWATCH_EVENTS_MAX_AGE\` (a week), and what is
more than \`BULKWATCH_EVENTS_KEEP_LENGTH\` (100,000), **but nothing that a consumer group has not acknowledged**. A group that is slow, away
or abandoned keeps what it has not been given, and what its members have not acknowledged.

It cannot do so for ever. \`BULKWATCH_EVENTS_MAX_LENGTH\` (200,000) bounds the memory: a stream of that length loses its oldest event with each
that is appended, whoever needs it. The alert [BulkwatchSubscriberBehind](runbooks/BulkwatchSubscriberBehind.md) fires while four tenths of
that are left, or two hours before; what was cut all the same is counted for each group, and
[BulkwatchEventsLost](runbooks/BulkwatchEventsLost.md) tells of it.

A group that nobody uses any more is taken away with \`redis-cli XGROUP DESTROY '${eventStream}' GROUP\`. Who reads without a group
(\`XREAD\`, \`GET /v1/events\`) holds nothing. A stream with more than a thousand groups is trimmed at its longest only. On Redis 6.2 only lost events that were pending are counted.`;
