import { manifestSchema } from '@bulkwatch/contract';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readJsonObject } from '../bodies/json-object.js';
import { readManifest } from './read-manifest.js';

const bytes = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));
const file = { type: 'Patient', url: 'https://fhir.example/files/1' };

describe('readManifest', () => {
  it('gives the body back and counts its files', () => {
    const manifest = { transactionTime: '2025-06-01', output: [file, file], error: [file] };
    const body = bytes(manifest);

    expect(readManifest(readJsonObject(body))).toStrictEqual({
      kind: 'manifest',
      bytes: body,
      manifest,
      summary: {
        outputCount: 2,
        errorCount: 1,
        transactionTime: '2025-06-01',
        bytes: body.length,
      },
    });
  });

  it('counts outcome as errors only where there is no error', () => {
    const errorCount = (value: object) => {
      const reading = readManifest(readJsonObject(bytes({ output: [], ...value })));
      return reading.kind === 'manifest' ? reading.summary.errorCount : undefined;
    };

    expect(errorCount({ outcome: [file] })).toBe(1);
    expect(errorCount({ outcome: [file], error: [] })).toBe(0);
  });

  it('bounds the transaction time that it copies', () => {
    const reading = readManifest(readJsonObject(bytes({ transactionTime: 'x'.repeat(1000) })));

    expect(reading).toMatchObject({ summary: { transactionTime: 'x'.repeat(64) } });
  });

  it.each([
    ['{}', 'JSON without output and transactionTime'],
    ['{"status":"running"}', 'JSON without output and transactionTime'],
    ['{"resourceType":"Bundle","output":[]}', 'a FHIR resource (Bundle)'],
    ['{"resourceType":7,"output":[]}', 'a FHIR resource (unnamed)'],
    ['{"output":{}}', 'JSON that is no manifest'],
    ['{"output":[{"type":"Patient"}]}', 'JSON that is no manifest'],
    ['{"output":["https://fhir.example/files/1"]}', 'JSON that is no manifest'],
    ['{"transactionTime":7}', 'JSON that is no manifest'],
    ['{"transactionTime":[]}', 'JSON that is no manifest'],
    ['{"__proto__":{"output":[]}}', 'JSON without output and transactionTime'],
    ['', 'an empty body'],
  ])('says what %s is instead', (body, what) => {
    expect(readManifest(readJsonObject(new TextEncoder().encode(body)))).toStrictEqual({
      kind: 'other',
      what,
    });
  });

  it('takes exactly what the schema of the contract takes', () => {
    const anyFile = fc.record(
      { url: fc.oneof(fc.string(), fc.integer()), type: fc.oneof(fc.string(), fc.integer()) },
      { requiredKeys: [] },
    );
    const anyList = fc.oneof(
      fc.array(anyFile, { maxLength: 3 }),
      fc.constantFrom(null, 'none', {}),
    );
    const anyManifest = fc.record(
      {
        transactionTime: fc.oneof(fc.string(), fc.integer()),
        requiresAccessToken: fc.oneof(fc.boolean(), fc.string(), fc.constant(null)),
        output: anyList,
        deleted: anyList,
        error: anyList,
        outcome: anyList,
        extension: fc.anything(),
      },
      { requiredKeys: ['transactionTime'] },
    );
    fc.assert(
      fc.property(anyManifest, (value) => {
        const sent = JSON.parse(JSON.stringify(value)) as unknown;
        expect(readManifest(readJsonObject(bytes(sent))).kind === 'manifest').toBe(
          manifestSchema.safeParse(sent).success,
        );
      }),
    );
  });
});
