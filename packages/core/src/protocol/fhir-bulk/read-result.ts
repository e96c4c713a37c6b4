import type { ManifestSummary } from '@bulkwatch/contract';
import { isJsonObject, type JsonObject, type JsonObjectReading } from '../bodies/json-object.js';

/**
 * Reads what is at the place that a 303 named: the resource that the operation answers with, whatever it is.
 * A Parameters resource lists one parameter `output` for each file (SQL on FHIR, "Asynchronous Delivery").
 * Undefined for what is no JSON object.
 */
export function readResult(
  json: JsonObjectReading,
): { readonly bytes: Uint8Array; readonly summary: ManifestSummary } | undefined {
  if (json.kind === 'unreadable') return undefined;
  const { bytes, object } = json;
  const summary = {
    outputCount: parametersCalled('output', object),
    errorCount: parametersCalled('error', object),
    transactionTime: null,
    bytes: bytes.length,
  };
  return { bytes, summary };
}

function parametersCalled(name: string, { parameter }: JsonObject): number {
  const parameters: readonly unknown[] = Array.isArray(parameter) ? parameter : [];
  return parameters.filter((entry) => isJsonObject(entry) && entry.name === name).length;
}
