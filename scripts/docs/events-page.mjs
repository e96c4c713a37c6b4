import {
  eventChannel,
  eventChannelPattern,
  eventStream,
  events,
  tenantEventStream,
  webhookEvents,
} from '@bulkwatch/contract';
import { eventBehaviour, eventSchemas } from './event-behaviour.mjs';
import { eventRetention } from './event-retention.mjs';
import { exampleEvent } from './example-event.mjs';
import { code, page, table } from './markdown.mjs';

const introduction = `\
Every change of a job's state is told as one event, a [CloudEvent](https://cloudevents.io) 1.0 in JSON. The
script that changes the state appends the event in the same step, so a state never changes without its event,
and never twice.

- The **stream** ${code(eventStream)} is the contract: each entry has one field, \`event\`, which holds the
  JSON. Events [are kept](#how-long-events-are-kept), so a subscriber that was away reads on where it stopped.
- The **channel** of an event carries the same JSON by pub/sub. It is a doorbell: who is not listening at that
  moment misses it. ${code(eventChannelPattern)} is the pattern for all of them.
- The \`id\` of an event is the same whenever it is delivered again: a subscriber that remembers the ids it has
  dealt with deals with each event once.
- \`completed\` carries the manifest as the provider sent it, in \`data.manifest\`. One that is larger than
  \`BULKWATCH_EVENT_MANIFEST_MAX\`, or that would make the event [too large](#for-programs), is left out, and so is a FHIR batch-response, which may hold clinical data, and one
  of which a URL has a query or user-info and may therefore be signed; \`dataref\` says where the API has it, for
  callers with \`jobs:read\`. (\`request\`, the URL of the kick-off request, may have a query.)
- \`partial\` carries what is new in \`data.manifest\`. URLs that may be signed are masked there, their query as
  \`?…\`, and \`data.urlsMasked\` says so; the whole ones come with the manifest of the completed job.
- \`stalled\` says in \`data.stall\` since when nothing has moved, and how long a standstill of this export may be. What
  counts as one is told among the [states](states.md#poll-health).
- \`expiring\` is told as each of \`BULKWATCH_EXPIRING_THRESHOLDS\` before \`expiresAt\` passes, while the job is not
  [acknowledged](api.md#acknowledge); \`expired\` when \`expiresAt\` has passed, unless the files were deleted at the provider before. \`data.expiry\`
  has \`expiresAt\`, whether it is \`assumed\`, the \`remainingSeconds\` and, of \`expiring\`, the \`thresholdSeconds\`. Who looks late tells
  the newest threshold alone. Where a refresh moves \`expiresAt\`, all of it begins anew. Their ids end in \`.expiring.\` or
  \`.expired.\`, that instant in epoch ms and, of \`expiring\`, \`-\` and the threshold.
- \`traceparent\` and \`tracestate\`, where an event has them, say where the registration of its job stands in a distributed
  trace ([tracing](tracing.md)).
- \`health-changed\` has the health before in \`data.previousHealth\`; the new one, \`healthSince\` and \`reason\` are
  those of \`data.job\`.`;

const reading = `\
## Reading them

\`\`\`sh
# the next event, as it comes
redis-cli XREAD BLOCK 0 STREAMS '${eventStream}' '$'
# the oldest ten that are kept
redis-cli XRANGE '${eventStream}' - + COUNT 10
# the doorbell
redis-cli PSUBSCRIBE '${eventChannelPattern}'
\`\`\``;

const overHttp = `\
## Without Redis

\`GET /v1/events\` of the API sends the events of the caller's tenant as Server-Sent Events, in the order of the stream, and goes on after
\`Last-Event-ID\` as often as a subscriber connects again; see [the API](api.md#events). It passes on what the stream has, masked as it is
there.`;

const disabled = webhookEvents['webhook-disabled'];

const ofWebhooks = `\
## Events that tell of no job

${code(disabled.type)} (channel ${code(disabled.channel)}) is about a [webhook](webhooks.md).
${disabled.meaning}
It has no \`data.job\` but \`data.webhook\`: \`endpointId\` or \`jobId\`, whichever it is, which is the \`subject\` too, \`url\`
(masked), \`disabledReason\`, \`failingSince\` and \`lastReason\`. Whoever reads the stream by himself finds it there. \`GET /v1/events\` and
the client give it to subscribers that name its type, and to no others.`;

const acme = tenantEventStream('acme');
const common = 'reset on >PASSWORD resetchannels -@all +hello +auth +ping';

const tenants = `\
## The events of one tenant

Who can read the whole stream reads of all tenants. Each tenant but \`default\` therefore has a stream of its own besides:
that of the tenant \`acme\` is ${code(acme)}. It gets the same entries, in the same script, and keeps them alike. A house with
tenants leaves \`default\` to nobody. Channels are for those who may hear of everybody.

A subscriber gets a user of Redis (7.0 or newer) that may do this and nothing else:

\`\`\`sh
# reads by itself, and remembers where it was
redis-cli ACL SETUSER acme-reader ${common} \\
  '%R~${acme}' +xread +xrange +xrevrange +xlen
# is one of a group, whose position Redis remembers; the operator makes the group
redis-cli XGROUP CREATE '${acme}' loader 0 MKSTREAM
redis-cli ACL SETUSER acme-loader ${common} \\
  '~${acme}' +xreadgroup +xack +xclaim +xautoclaim +xpending '+xinfo|stream' '+xinfo|groups' \\
  '(~${acme}:dead-letters:loader +xadd)'
\`\`\`

A group is written to when it is read from, so that its user must be allowed to write to the key; none of its commands adds or
removes an event. This is all that \`subscribe\` of [@bulkwatch/client](../packages/client/README.md#subscribing) needs: with \`xclaim\` it takes over what
a dead member has left, with \`xinfo\` it sees gaps, and what cannot be handled it puts into \`${acme}:dead-letters:loader\`. ioredis wants \`enableReadyCheck: false\` for both, since neither may \`INFO\`.`;

/** docs/events.md */
export function eventsPage() {
  const rows = Object.entries(events).map(([word, { type, settles, optIn, meaning }]) => [
    code(type),
    code(eventChannel(word)),
    settles ? 'yes' : 'no',
    optIn === null ? '' : code(optIn),
    meaning,
  ]);
  return page({
    title: 'Events',
    source: 'packages/contract/src/events.ts',
    parts: [
      introduction,
      table(['Type', 'Channel', 'Settles the job', 'Only with', 'Meaning'], rows),
      ofWebhooks,
      reading,
      overHttp,
      tenants,
      eventRetention,
      eventBehaviour,
      eventSchemas,
      '## A whole event',
      `\`\`\`json\n${JSON.stringify(exampleEvent(), null, 2)}\n\`\`\``,
    ],
  });
}
