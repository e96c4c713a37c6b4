import type { ManifestSummary } from '@bulkwatch/contract';
import { fitsManifestSchema } from '../bodies/fits-manifest-schema.js';
import { isJsonObject, type JsonObject, type JsonObjectReading } from '../bodies/json-object.js';
import { operationOutcomeOf } from '../bodies/operation-outcome.js';
import { transactionTimeOf } from '../bodies/transaction-time.js';
import { parseStatusCode } from '../headers/status-code.js';

/** How the job of a batch-response ended. */
export type BatchResponseReading =
  | {
      readonly kind: 'succeeded';
      /** The Bundle as it came, less a byte order mark. */
      readonly bytes: Uint8Array;
      readonly summary: ManifestSummary;
    }
  | { readonly kind: 'failed'; readonly detail: string };

/**
 * Reads a body as the Bundle of type `batch-response` that ends an asynchronous interaction, whatever became
 * of it: the status of its first entry is that of the job (FHIR R5, "Asynchronous Interaction Request Pattern
 * with Bundle"). Undefined for any other body, and where that status says of no end.
 */
export function readBatchResponse(json: JsonObjectReading): BatchResponseReading | undefined {
  if (json.kind === 'unreadable' || !isBatchResponse(json.object)) return undefined;
  const { bytes, object } = json;
  const status = statusOf(entriesOf(object)[0]);
  if (isSuccess(status)) {
    return { kind: 'succeeded', bytes, summary: summaryOf(object, bytes.length) };
  }
  if (status === undefined || status < 400) return undefined;
  return { kind: 'failed', detail: outcomeText(object) ?? `batch-response with HTTP ${status}` };
}

/** Its consumers read it as a manifest, of which a Bundle has no member: one that has must not mislead them. */
function isBatchResponse(object: JsonObject): boolean {
  const { resourceType, type } = object;
  return resourceType === 'Bundle' && type === 'batch-response' && fitsManifestSchema(object);
}

function summaryOf(object: JsonObject, bytes: number): ManifestSummary {
  const { timestamp, meta } = object;
  const statuses = entriesOf(object).map(statusOf);
  const outputCount = statuses.filter(isSuccess).length;
  const lastUpdated = isJsonObject(meta) ? meta.lastUpdated : undefined;
  return {
    outputCount,
    errorCount: statuses.length - outputCount,
    transactionTime: transactionTimeOf(timestamp) ?? transactionTimeOf(lastUpdated),
    bytes,
  };
}

function outcomeText(object: JsonObject): string | undefined {
  return operationOutcomeOf(responseOf(entriesOf(object)[0]).outcome)?.text;
}

function isSuccess(status: number | undefined): boolean {
  return status !== undefined && status >= 200 && status < 300;
}

function statusOf(entry: unknown): number | undefined {
  const { status } = responseOf(entry);
  return typeof status === 'string' ? parseStatusCode(status) : undefined;
}

function responseOf(entry: unknown): JsonObject {
  return isJsonObject(entry) && isJsonObject(entry.response) ? entry.response : {};
}

function entriesOf({ entry }: JsonObject): readonly unknown[] {
  return Array.isArray(entry) ? entry : [];
}
