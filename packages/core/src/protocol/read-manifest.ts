import type { ManifestSummary } from '@bulkwatch/contract';
import { fitsManifestSchema } from './fits-manifest-schema.js';
import { type JsonObject, readJsonObject } from './json-object.js';
import { printableText } from './printable-text.js';
import { transactionTimeOf } from './transaction-time.js';

/** A body that is a manifest, or what it is instead, in words for a detail. */
export type ManifestReading =
  | {
      readonly kind: 'manifest';
      /** The body as it came, less a byte order mark. */
      readonly bytes: Uint8Array;
      readonly summary: ManifestSummary;
    }
  | { readonly kind: 'other'; readonly what: string };

/**
 * Reads a body as a manifest (Bulk Data Access IG, "Response - Complete Status"): what the contract's schema
 * takes, that is not a FHIR resource and has `output` or `transactionTime`. Members and their values are
 * otherwise nobody's business here: four generations of the manifest are in the field.
 */
export function readManifest(body: Uint8Array): ManifestReading {
  const json = readJsonObject(body);
  if (json.kind === 'unreadable') return { kind: 'other', what: json.why };
  const fault = faultOf(json.object);
  if (fault !== undefined) return { kind: 'other', what: fault };
  const { bytes, object } = json;
  return { kind: 'manifest', bytes, summary: summaryOf(object, bytes.length) };
}

function faultOf(object: JsonObject): string | undefined {
  const { resourceType } = object;
  if (resourceType !== undefined) {
    const name = typeof resourceType === 'string' ? printableText(resourceType, 64) : undefined;
    return `a FHIR resource (${name ?? 'unnamed'})`;
  }
  if (object.output === undefined && object.transactionTime === undefined) {
    return 'JSON without output and transactionTime';
  }
  return fitsManifestSchema(object) ? undefined : 'JSON that is no manifest';
}

function summaryOf(object: JsonObject, bytes: number): ManifestSummary {
  const { output, error, outcome, transactionTime } = object;
  return {
    outputCount: entriesOf(output).length,
    // The fourth generation of the manifest calls `error` `outcome`.
    errorCount: entriesOf(error ?? outcome).length,
    transactionTime: transactionTimeOf(transactionTime),
    bytes,
  };
}

function entriesOf(list: unknown): readonly unknown[] {
  return Array.isArray(list) ? list : [];
}
