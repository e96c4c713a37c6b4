import type { ManifestSummary } from '@bulkwatch/contract';
import { defined } from '../../defined.js';
import { isTooCostly, readJsonObject } from '../bodies/json-object.js';
import { readOperationOutcome } from '../bodies/operation-outcome.js';
import { contentTypeAnomalies } from '../headers/content-type.js';
import { readExpiry } from '../headers/expiry.js';
import type { ReadingContext } from '../status-protocol.js';
import type { CompleteReading, ReadingHints, StatusReading } from '../status-reading.js';
import type { StatusResponse } from '../status-response.js';
import { unlessTransient } from '../statuses/read-client-error.js';
import { noManifest } from '../statuses/read-poll-failure.js';
import { readTooCostly } from '../statuses/read-too-costly.js';
import { readBatchResponse } from './batch-response.js';
import { readManifest } from './read-manifest.js';
import { readPage } from './read-page.js';
import { readResult } from './read-result.js';

/**
 * Reads the body of a 200 that ends the export: a manifest, a page of one, or the batch-response of FHIR R5,
 * which tells of failures too. An OperationOutcome that tells of an error there is a wrong status rather than a
 * complete export; it is believed once confirmed. Where a 303 led here, any resource is the result. Anything
 * else is no manifest yet.
 */
export function readCompletion(
  response: StatusResponse,
  hints: ReadingHints,
  context: ReadingContext,
): StatusReading {
  const json = readJsonObject(response.body, context.room);
  if (isTooCostly(json)) return readTooCostly(response);
  const manifest = readManifest(json);
  if (manifest.kind === 'manifest') {
    const page = readPage(manifest, { hints, context, exportComplete: true });
    if (page.kind === 'page')
      return { ...page, ...defined({ expiresAt: expiryOf(response).expiresAt }) };
    const last = complete(manifest, response, hints);
    return page.kind === 'none' ? last : { ...last, missing: 'the next link cannot be followed' };
  }
  const batch = readBatchResponse(json);
  // Unlike a manifest, it carries resources.
  if (batch?.kind === 'succeeded')
    return { ...complete(batch, response, hints), onlyByReference: true };
  if (batch?.kind === 'failed') {
    const { detail } = batch;
    return { ...hints, kind: 'export-failed', reason: 'export-failed', detail, confirmations: 0 };
  }
  if (readOperationOutcome(response.body)?.hasErrors)
    return readErrorUnderOk(response, hints, context);
  const result = context.memory.cursor?.kind === 'result' ? readResult(json) : undefined;
  if (result !== undefined) return { ...complete(result, response, hints), onlyByReference: true };
  return noManifest(`HTTP 200 with ${manifest.what}`, hints);
}

const readErrorUnderOk = unlessTransient('export-failed', 1);

function complete(
  { bytes, summary }: { readonly bytes: Uint8Array; readonly summary: ManifestSummary },
  response: StatusResponse,
  hints: ReadingHints,
): CompleteReading {
  const { expiresAt, anomaly } = expiryOf(response);
  return {
    ...hints,
    kind: 'complete',
    manifest: bytes,
    summary,
    ...defined({ expiresAt }),
    anomalies: [
      ...(anomaly === undefined ? [] : [anomaly]),
      ...contentTypeAnomalies(response.headers['content-type']),
    ],
  };
}

const expiryOf = ({ headers, receivedAt }: StatusResponse) =>
  readExpiry(headers.expires, receivedAt);
