import { readFileSync } from 'node:fs';
import { type ExportEvent, exportEventSchema } from '@bulkwatch/contract';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { CloudEvent, HTTP } from 'cloudevents';
import { expect } from 'vitest';

/** What an attribute may be called (CloudEvents 1.0, "Naming Conventions"). */
const attributeName = /^[a-z0-9]{1,20}$/;
/** What every intermediary forwards (CloudEvents 1.0, "Size Limits"). */
const forwardedBytes = 64 * 1024;

const schemaFile = new URL('../../../docs/schemas/event.json', import.meta.url);
const validate = new Ajv2020({ allowUnionTypes: true, formats: { 'date-time': true } }).compile(
  JSON.parse(readFileSync(schemaFile, 'utf8')) as object,
);

/**
 * Reads the JSON of an event as a stranger would, by the official SDK, and as our own contract says; fails the test where
 * it is none.
 */
export function checkEvent(json: string): ExportEvent {
  const event = JSON.parse(json) as ExportEvent & Record<string, unknown>;
  // In the SDK's structured mode: one body, as it would come over HTTP.
  const body = { headers: { 'content-type': 'application/cloudevents+json' }, body: json };
  const received = HTTP.toEvent(body) as CloudEvent;
  expect(received.validate()).toBe(true);
  expect(new CloudEvent(event, true).toJSON()).toEqual(received.toJSON());

  const attributes = Object.entries(event).filter(([name]) => name !== 'data');
  for (const [name, value] of attributes) {
    expect(name).toMatch(attributeName);
    expect(value, name).toMatch(/^[^\p{Cc}]+$/u);
  }
  expect(URL.canParse(event.source, 'https://bulkwatch.invalid')).toBe(true);
  expect(Buffer.byteLength(json)).toBeLessThanOrEqual(forwardedBytes);
  expect(validate(event), JSON.stringify(validate.errors)).toBe(true);
  // Parsing drops members that the contract does not know.
  expect(exportEventSchema.parse(event)).toEqual(event);
  return event;
}
