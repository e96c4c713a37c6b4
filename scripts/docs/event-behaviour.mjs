/** The part of docs/events.md on what subscribers meet. `subscribe` is that of @bulkwatch/client. */
export const eventBehaviour = `\
## What happens when …

**a subscriber comes late.** A group begins where it was made: at \`$\` with what is to come, at \`0\` with all that is kept, or after an entry. From then on
its events wait for it, whether it has members or not, so make the group before the subscriber is deployed. \`subscribe\` makes it at its first
start (\`from\`). Over HTTP the position is yours: \`Last-Event-ID\`.

**a subscriber is slow.** Nothing is lost: its group [keeps what it needs](#how-long-events-are-kept). \`subscribe\` takes no more than it handles at once
(\`concurrency\`), so the rest waits in Redis, and other members can take it. \`bulkwatch_event_group_undelivered\` and
\`bulkwatch_event_group_needed_age_seconds\` rise, \`bulkwatch_event_group_headroom_ratio\` falls. Over HTTP its connection is ended when
\`BULKWATCH_API_SUBSCRIBER_BUFFER\` is full, and it goes on with \`Last-Event-ID\`.

**the stream was trimmed past a subscriber.** It goes on with the oldest event that is kept. \`subscribe\` tells \`onReset\`, once for each gap; over HTTP the
message \`reset\` comes first. \`bulkwatch_event_group_lost\` counts what a group missed. The jobs are all there: \`GET /v1/jobs?state=completed\`
finds what was missed, and \`POST /v1/jobs/{id}/republish\` tells of a job again.

**an event cannot be handled.** \`subscribe\` gives it to the handler again, \`deliveriesMax\` times (5), with growing waits; then it is put into
\`<stream>:dead-letters:<group>\` and acknowledged, and the others go on. So is an event that killed whoever had it each time, and at once
what is no event at all; over HTTP that is left out. To have dead letters handled again, append their \`event\` to a stream of your own and subscribe to that.

**a subscriber is killed.** What it had not acknowledged comes again, to the one who starts under its name at once, to the others after
\`takeOverMs\`. An event may so be handled twice, with the same \`id\`, never not at all. Put aside twice, a dead letter has the same \`entryId\`.

**Redis restarts.** With \`appendfsync always\` events, groups and what is pending are as they were. Subscribers connect again by themselves.`;

/** The part of docs/events.md on what describes the events to programs. */
export const eventSchemas = `\
## For programs

[asyncapi.json](asyncapi.json) describes streams, channels and every type of event in AsyncAPI 3.0, with examples; the API serves it at
\`GET /asyncapi.json\`. [schemas](schemas) has JSON Schemas (2020-12), each whole in one file: [event](schemas/event.json), [job](schemas/job.json),
[manifest](schemas/manifest.json), [registration](schemas/registration.json) and others. All of them are made from the same tables as this page.

Members and types may be added in later versions: take no offence at unknown ones. Events have no \`dataschema\`: all types share one schema, and a URI
in each event would say no more. An event is at most 64 KiB, which every CloudEvents intermediary forwards, unless
\`BULKWATCH_EVENT_MANIFEST_MAX\` is raised; a \`partial\` may be longer, of a job with more than 16 KB of labels.`;
