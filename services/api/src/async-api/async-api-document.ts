import {
  defaultTenant,
  type EventWord,
  eventStream,
  events,
  eventWords,
} from '@bulkwatch/contract';
import { componentSchemas, type SchemaName, schemaRef } from '../open-api/schemas.js';

/** A document of AsyncAPI 3.0, as far as this house looks into it. */
export interface AsyncApiDocument {
  readonly asyncapi: string;
  readonly info: object;
  readonly channels: Readonly<Record<string, object>>;
  readonly operations: Readonly<Record<string, object>>;
  readonly components: {
    readonly messages: Readonly<Record<string, object>>;
    readonly schemas: Readonly<Record<string, object>>;
  };
  readonly [other: string]: unknown;
}

/** Whole events to show, by their word. */
export type ExampleEvents = Readonly<Partial<Record<EventWord, object>>>;

const description = [
  'Tells of long-running exports, so that nobody else has to poll. Every event is a CloudEvent 1.0 in JSON. The streams',
  'are the contract: an event is appended in the step that changes the state, so it is there exactly once, and a',
  'consumer group gets it at least once, with the same `id`. Members may be added to events in later versions, and types',
  'of events too.',
].join('\n');

/** The AsyncAPI document of the events: where they are, and what is in each. */
export function asyncApiDocument(examples: ExampleEvents = {}): AsyncApiDocument {
  return {
    asyncapi: '3.0.0',
    info: { title: 'Bulkwatch events', version: '1', description },
    defaultContentType: 'application/json',
    servers: {
      redis: {
        host: '127.0.0.1:6379',
        protocol: 'redis',
        description: 'The Redis of BULKWATCH_REDIS_URL.',
      },
      api: { host: '127.0.0.1:8080', protocol: 'http', description: 'The API.' },
    },
    channels,
    operations,
    components: {
      messages: {
        ...Object.fromEntries(eventWords.map((word) => [word, message(word, examples[word])])),
        reset,
      },
      schemas: reachable(['ExportEvent', 'Reset']),
    },
  };
}

/** AsyncAPI takes what is in braces for a parameter, and has no other way to write one. */
const hashTag = {
  bulkwatch: {
    enum: ['{bulkwatch}'],
    default: '{bulkwatch}',
    description: 'The braces are a part of the name: the hash tag of Redis Cluster.',
  },
};

const messages = (names: readonly string[]) =>
  Object.fromEntries(names.map((name) => [name, ref('messages', name)]));
const onRedis = { servers: [{ $ref: '#/servers/redis' }], messages: messages(eventWords) };

const channels = {
  houseStream: {
    address: eventStream,
    title: 'The stream of all events',
    description: 'A Redis stream. Each entry has one field, `event`, which holds the JSON.',
    parameters: hashTag,
    ...onRedis,
  },
  tenantStream: {
    address: `${eventStream}:{tenant}`,
    title: 'The stream of one tenant',
    description: `A Redis stream with the same entries, of every tenant but \`${defaultTenant}\`.`,
    parameters: { ...hashTag, tenant: { description: 'Name of the tenant.' } },
    ...onRedis,
  },
  doorbell: {
    address: 'bulkwatch:events:{word}',
    title: 'The doorbell',
    description:
      'A channel of pub/sub for each type, with the same JSON: who is not listening at that moment misses it.',
    parameters: {
      word: { enum: eventWords, description: 'Last word of the type of the event.' },
    },
    ...onRedis,
  },
  serverSentEvents: {
    address: '/v1/events',
    title: 'Server-Sent Events',
    description: [
      "The caller's tenant's events over HTTP (see the OpenAPI document): `data` is the event, on one line, `event` its type",
      'and `id` its place in the stream. The message `reset` says that events after the `Last-Event-ID` are gone.',
    ].join('\n'),
    servers: [{ $ref: '#/servers/api' }],
    messages: messages([...eventWords, 'reset']),
  },
};

const operations = {
  tellHouse: send('houseStream', 'Appends every event.'),
  tellTenant: send('tenantStream', 'Appends every event of the tenant.'),
  ringDoorbell: send('doorbell', 'Publishes every event on the channel of its type.'),
  streamEvents: {
    ...send('serverSentEvents', 'Sends the events of the tenant.'),
    bindings: { http: { method: 'GET', bindingVersion: '0.3.0' } },
  },
};

function send(channel: keyof typeof channels, summary: string) {
  return { action: 'send', channel: { $ref: `#/channels/${channel}` }, summary };
}

function message(word: EventWord, example: object | undefined): object {
  const { type, meaning, optIn } = events[word];
  return {
    name: type,
    title: word,
    summary: meaning,
    ...(optIn === null ? {} : { description: `Told only with ${optIn}.` }),
    contentType: 'application/cloudevents+json',
    payload: {
      allOf: [schemaRef('ExportEvent'), { properties: { type: { const: type } } }],
    },
    ...(example ? { examples: [{ name: word, payload: example }] } : {}),
  };
}

const reset = {
  name: 'reset',
  title: 'reset',
  summary: 'Events may have been missed: those after Last-Event-ID are not kept any more.',
  contentType: 'application/json',
  payload: schemaRef('Reset'),
  examples: [{ name: 'reset', payload: { oldestId: '1772444477204-0' } }],
};

function ref(kind: 'messages', name: string): object {
  return { $ref: `#/components/${kind}/${name}` };
}

/** These schemas and all that they refer to. */
function reachable(names: readonly SchemaName[]): Record<string, object> {
  const all = componentSchemas();
  const found = new Set<string>(names);
  for (const name of found)
    for (const [, next = ''] of JSON.stringify(all[name]).matchAll(
      /"#\/components\/schemas\/(\w+)"/g,
    ))
      found.add(next);
  return Object.fromEntries(Object.entries(all).filter(([name]) => found.has(name)));
}
