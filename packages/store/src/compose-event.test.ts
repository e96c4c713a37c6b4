import { exportEventSchema } from '@bulkwatch/contract';
import { describe, expect, it } from 'vitest';
import { composeEvent } from './compose-event.js';
import { decodeJobRecord } from './job-record.js';

const job = decodeJobRecord('j1', {
  tenant: 'north & south',
  statusUrl: 'https://ehr.example/status/1?sig=canary',
  protocol: 'fhir-bulk',
  provider: 'https://ehr.example',
  registeredAt: '1700000000000',
  deadlineAt: '1800000000000',
  state: 'completed',
  labels: '{"a":"}"}',
});
const occurrence = { word: 'completed', job, occurrence: 7, at: 1_700_000_000_000 } as const;

describe('composeEvent', () => {
  it('is a CloudEvent with a stable id, on the channel of its last word', () => {
    const { json, channel } = composeEvent(occurrence);
    expect(channel).toBe('bulkwatch:events:completed');
    expect(exportEventSchema.parse(JSON.parse(json))).toMatchObject({
      id: 'j1.completed.7',
      source: '/bulkwatch/tenants/north%20%26%20south',
      subject: 'j1',
      time: '2023-11-14T22:13:20.000Z',
    });
    expect(composeEvent(occurrence).json).toBe(json);
  });

  it('masks the status URL', () => {
    expect(composeEvent(occurrence).json).not.toContain('canary');
  });

  it('carries the manifest byte for byte, numbers and order included', () => {
    const manifest = '{"output":[],"count":1.50,"big":12345678901234567890,"__proto__":{"x":1}}';
    const { json } = composeEvent({ ...occurrence, manifest });
    expect(json).toContain(`"manifest":${manifest}}}`);
    expect(JSON.parse(json)).not.toHaveProperty('dataref');
  });

  it('can say where the manifest is instead', () => {
    const event: unknown = JSON.parse(composeEvent({ ...occurrence, refersToManifest: true }).json);
    expect(event).toMatchObject({ dataref: '/v1/jobs/j1/manifest' });
    expect(event).not.toHaveProperty('data.manifest');
  });

  it('says where the manifest is instead of becoming too large', () => {
    const manifest = JSON.stringify({ output: [], note: 'ü'.repeat(100) });
    const bytes = Buffer.byteLength(composeEvent({ ...occurrence, manifest }).json);
    const eventWithin = (bytesMax: number): unknown =>
      JSON.parse(composeEvent({ ...occurrence, manifest, bytesMax }).json);

    expect(eventWithin(bytes)).toHaveProperty('data.manifest');
    expect(eventWithin(bytes - 1)).not.toHaveProperty('data.manifest');
    expect(eventWithin(bytes - 1)).toMatchObject({ dataref: '/v1/jobs/j1/manifest' });
  });

  it('tells of a part of a manifest under a type of its own', () => {
    const { json, channel } = composeEvent({ ...occurrence, word: 'partial', manifest: '{}' });
    expect(channel).toBe('bulkwatch:events:partial');
    expect(exportEventSchema.parse(JSON.parse(json)).type).toBe('bulkwatch.manifest.partial');
  });
});
