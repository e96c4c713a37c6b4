import { readFileSync } from 'node:fs';
import { Parser } from '@asyncapi/parser';
import { asyncApiDocument, jsonSchemas } from '@bulkwatch/api';
import {
  eventChannel,
  eventStream,
  events,
  eventWords,
  tenantEventStream,
} from '@bulkwatch/contract';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { exampleEvents } from './example-events.mjs';

const text = readFileSync(new URL('../../docs/asyncapi.json', import.meta.url), 'utf8');
/** What is wrong with a document, as the official parser says; that a newer version is out is not. */
async function problemsOf(document) {
  const { diagnostics } = await new Parser().parse(document);
  return diagnostics
    .filter(({ code }) => code !== 'asyncapi-latest-version')
    .map(({ path, message }) => `${path.join('.')}: ${message}`);
}
const { document } = await new Parser().parse(text);
const schemas = jsonSchemas();
const ajv = new Ajv2020({ allowUnionTypes: true, formats: { 'date-time': true } });
const examples = exampleEvents();

describe('docs/asyncapi.json', () => {
  it('is valid, and would not be without a message or an address', async () => {
    expect(await problemsOf(text)).toEqual([]);

    const wrong = JSON.parse(text);
    wrong.channels.houseStream.address = 1;
    expect(await problemsOf(wrong)).not.toEqual([]);
    const lost = JSON.parse(text);
    delete lost.components.messages.failed;
    expect(await problemsOf(lost)).not.toEqual([]);
  });

  it('has a message for each type of event, with an example', () => {
    const messages = document.allMessages().all();

    expect(messages.map((message) => message.name())).toEqual(
      expect.arrayContaining([...eventWords.map((word) => events[word].type), 'reset']),
    );
    // A type that needs more than a job to say gets its example in example-events.mjs.
    expect(Object.keys(examples)).toEqual(eventWords);
    for (const message of messages) expect(message.examples().all(), message.id()).toHaveLength(1);
  });

  it.each([...eventWords, 'reset'])('has an example of %s that is one, and of no other', (name) => {
    const { components } = JSON.parse(text);
    const validate = new Ajv2020({ strict: false, validateFormats: false }).compile({
      components,
      $ref: `#/components/messages/${name}/payload`,
    });
    const others = { ...examples, reset: { oldestId: null } };

    expect(validate(components.messages[name].examples[0].payload)).toBe(true);
    for (const [other, payload] of Object.entries(others))
      expect(validate(payload), other).toBe(other === name);
  });

  it('says where events are, as the contract does', () => {
    const fill = (address, values) => address.replace(/\{(\w+)\}/g, (_, name) => values[name]);
    const addressOf = (id, values) =>
      fill(document.channels().get(id).address(), { bulkwatch: '{bulkwatch}', ...values });

    expect(addressOf('houseStream')).toBe(eventStream);
    expect(addressOf('tenantStream', { tenant: 'acme' })).toBe(tenantEventStream('acme'));
    for (const word of eventWords) expect(addressOf('doorbell', { word })).toBe(eventChannel(word));
    expect(addressOf('serverSentEvents')).toBe('/v1/events');
  });

  it('is what the api serves, with examples', () => {
    const served = asyncApiDocument();
    const { messages } = JSON.parse(text).components;
    for (const message of eventWords.map((word) => messages[word])) delete message.examples;

    expect(messages).toEqual(served.components.messages);
  });
});

describe('docs/schemas', () => {
  it.each(Object.keys(schemas))('%s.json is a schema that refers to no other', (name) => {
    expect(ajv.validateSchema(schemas[name])).toBe(true);
    expect(JSON.stringify(schemas[name])).not.toContain('"$ref"');
    expect(ajv.compile(schemas[name])).toBeTypeOf('function');
  });

  it.each(Object.entries(examples))('event.json takes the example of %s', (_word, example) => {
    const validate = ajv.getSchema(schemas.event.$id) ?? ajv.compile(schemas.event);

    expect(validate(example), ajv.errorsText(validate.errors)).toBe(true);
    expect(validate({ ...example, type: 'bulkwatch.export.unknown' })).toBe(false);
    expect(validate({ ...example, data: {} })).toBe(false);
  });

  it('what Bulkwatch reads is closed, and what it writes may grow', () => {
    const registration = { statusUrl: 'https://ehr.example.org/jobs/1' };
    const validate = ajv.getSchema(schemas.registration.$id);
    expect(validate(registration)).toBe(true);
    expect(validate({ ...registration, webhok: {} })).toBe(false);

    const event = examples.completed;
    const grown = { ...event, data: { ...event.data, job: { ...event.data.job, later: 1 } } };
    expect(ajv.getSchema(schemas.event.$id)(grown)).toBe(true);
  });
});
