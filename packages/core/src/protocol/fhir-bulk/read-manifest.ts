import type { Manifest, ManifestSummary } from '@bulkwatch/contract';
import { fitsManifestSchema } from '../bodies/fits-manifest-schema.js';
import type { JsonObject, JsonObjectReading } from '../bodies/json-object.js';
import { printableText } from '../bodies/printable-text.js';
import { transactionTimeOf } from '../bodies/transaction-time.js';

/** A body that is a manifest. */
export interface WholeManifest {
  readonly kind: 'manifest';
  /** The body as it came, less a byte order mark. */
  readonly bytes: Uint8Array;
  readonly manifest: Manifest;
  readonly summary: ManifestSummary;
}

/** A body that is a manifest, or what it is instead, in words for a detail. */
export type ManifestReading = WholeManifest | { readonly kind: 'other'; readonly what: string };

/**
 * Reads a body as a manifest (Bulk Data Access IG, "Response - Complete Status"): what the contract's schema
 * takes, that is not a FHIR resource and has one of the members that tell a manifest. Members and their values are
 * otherwise nobody's business here: four generations of the manifest are in the field.
 */
export function readManifest(json: JsonObjectReading): ManifestReading {
  if (json.kind === 'unreadable') return { kind: 'other', what: json.why };
  const fault = faultOf(json.object);
  if (fault !== undefined) return { kind: 'other', what: fault };
  const { bytes, object } = json;
  // That it fits the schema was looked at entry by entry.
  const manifest = object as Manifest;
  return { kind: 'manifest', bytes, manifest, summary: summaryOfManifest(object, bytes.length) };
}

/** A manifest has one of these at least; the status of a Bulk Submit may have but the last two. */
const telltales = ['output', 'transactionTime', 'outcome', 'submissionId'];

function faultOf(object: JsonObject): string | undefined {
  const { resourceType } = object;
  if (resourceType !== undefined) {
    const name = typeof resourceType === 'string' ? printableText(resourceType, 64) : undefined;
    return `a FHIR resource (${name ?? 'unnamed'})`;
  }
  if (telltales.every((name) => (object[name] ?? undefined) === undefined)) {
    return 'JSON without output and transactionTime';
  }
  return fitsManifestSchema(object) ? undefined : 'JSON that is no manifest';
}

/** What a job says of its manifest; `bytes` is the manifest's length. */
export function summaryOfManifest(object: JsonObject, bytes: number): ManifestSummary {
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
