import type { ManifestSummary } from '@bulkwatch/contract';
import { defined } from '../defined.js';
import { readBatchResponse } from './batch-response.js';
import { readExpiry } from './expiry.js';
import { readOperationOutcome } from './operation-outcome.js';
import { unlessTransient } from './read-client-error.js';
import { readManifest } from './read-manifest.js';
import { noManifest } from './read-poll-failure.js';
import type { CompleteReading, ReadingHints, StatusReading } from './status-reading.js';
import type { StatusResponse } from './status-response.js';

/**
 * Reads the body of a 200 that ends the export: a manifest, or the batch-response of FHIR R5, which tells of
 * failures too. An OperationOutcome that tells of an error there is a wrong status rather than a complete
 * export; it is believed once confirmed. Anything else is no manifest yet.
 */
export function readCompletion(response: StatusResponse, hints: ReadingHints): StatusReading {
  const { body } = response;
  const manifest = readManifest(body);
  if (manifest.kind === 'manifest') return complete(manifest, response, hints);
  const batch = readBatchResponse(body);
  // Unlike a manifest, it carries resources.
  if (batch?.kind === 'succeeded')
    return { ...complete(batch, response, hints), onlyByReference: true };
  if (batch?.kind === 'failed') {
    const { detail } = batch;
    return { ...hints, kind: 'export-failed', reason: 'export-failed', detail, confirmations: 0 };
  }
  if (readOperationOutcome(body)?.hasErrors) return readErrorUnderOk(response, hints);
  return noManifest(`HTTP 200 with ${manifest.what}`, hints);
}

const readErrorUnderOk = unlessTransient('export-failed', 1);

function complete(
  { bytes, summary }: { readonly bytes: Uint8Array; readonly summary: ManifestSummary },
  response: StatusResponse,
  hints: ReadingHints,
): CompleteReading {
  const { expiresAt, anomaly } = readExpiry(response.headers.expires, response.receivedAt);
  return {
    ...hints,
    kind: 'complete',
    manifest: bytes,
    summary,
    ...defined({ expiresAt }),
    anomalies: anomaly === undefined ? [] : [anomaly],
  };
}
