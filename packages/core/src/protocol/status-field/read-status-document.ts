import { defined, without } from '../../defined.js';
import { fitsManifestSchema } from '../bodies/fits-manifest-schema.js';
import {
  isTooCostly,
  type JsonObject,
  type JsonObjectReading,
  readJsonObject,
} from '../bodies/json-object.js';
import { firstTextAt, firstValueAt } from '../bodies/json-pointer.js';
import { printableText } from '../bodies/printable-text.js';
import { transactionTimeOf } from '../bodies/transaction-time.js';
import { contentTypeAnomalies } from '../headers/content-type.js';
import { readExpiry } from '../headers/expiry.js';
import { readProgress } from '../headers/progress.js';
import type { ReadingContext } from '../status-protocol.js';
import type {
  CompleteReading,
  ExportFailedReading,
  ReadingHints,
  StatusReading,
} from '../status-reading.js';
import type { StatusResponse } from '../status-response.js';
import { noManifest } from '../statuses/read-poll-failure.js';
import { readTooCostly } from '../statuses/read-too-costly.js';
import { meaningOf } from './meaning-of.js';
import { optionsOf, type StatusFieldOptions } from './status-field-options.js';

type StatusDocument = Extract<JsonObjectReading, { kind: 'object' }>;

/**
 * Reads a status document by what the preset says of it (Azure REST guidelines, "Long-running operations";
 * AIP-151 and the like). The poll worked, so a failure that it tells of needs no confirmation. Without a
 * document a 202, or a 304, says as much as one that is in progress; a 200 says nothing.
 */
export function readStatusDocument(
  response: StatusResponse,
  headerHints: ReadingHints,
  { preset, room }: ReadingContext,
): StatusReading {
  const options = optionsOf(preset);
  const json = readJsonObject(response.body, room);
  if (isTooCostly(json)) return readTooCostly(response);
  if (json.kind === 'unreadable') return withoutStatus(response, headerHints, json.why);
  const meaning = meaningOf(json.object, options);
  const hints = withProgress(headerHints, json.object, options);
  switch (meaning) {
    case undefined:
      return withoutStatus(response, headerHints, 'JSON without a status');
    case 'in-progress':
      return { ...hints, kind: 'in-progress' };
    case 'complete':
      return { ...hints, ...readEnd(json, response, options) };
    case 'failed':
    case 'cancelled':
      return { ...hints, ...readFailure(json.object, meaning, options) };
  }
}

function withoutStatus(
  { status }: StatusResponse,
  hints: ReadingHints,
  what: string,
): StatusReading {
  return status === 200
    ? noManifest(`HTTP 200 with ${what}`, hints)
    : { ...hints, kind: 'in-progress' };
}

/** What a document says of its progress replaces what its headers say. */
function withProgress(
  hints: ReadingHints,
  object: JsonObject,
  { progress }: StatusFieldOptions,
): ReadingHints {
  const own = readProgress(firstTextAt(object, progress)?.replace(bareNumber, '$&%'));
  return own.progress === undefined ? hints : { ...without(hints, 'progressPercent'), ...own };
}

const bareNumber = /^\d+(?:\.\d+)?$/;

function readEnd(
  { object, bytes }: StatusDocument,
  { headers, receivedAt }: StatusResponse,
  options: StatusFieldOptions,
): Omit<CompleteReading, keyof ReadingHints> {
  const { expiresAt, anomaly } = readExpiry(headers.expires, receivedAt);
  return {
    kind: 'complete',
    manifest: bytes,
    summary: {
      outputCount: countAt(object, options.output),
      errorCount: countAt(object, options.errors),
      transactionTime: transactionTimeOf(firstValueAt(object, options.transactionTime)),
      bytes: bytes.length,
    },
    ...(!readsAsManifest(object) && { onlyByReference: true }),
    ...defined({ expiresAt }),
    anomalies: [
      ...(anomaly === undefined ? [] : [anomaly]),
      ...contentTypeAnomalies(headers['content-type']),
    ],
  };
}

function readFailure(
  object: JsonObject,
  meaning: 'failed' | 'cancelled',
  { detail: at }: StatusFieldOptions,
): Omit<ExportFailedReading, keyof ReadingHints> {
  const text = firstTextAt(object, at);
  const detail = text === undefined ? undefined : printableText(text, detailLength);
  return {
    kind: 'export-failed',
    reason: meaning === 'failed' ? 'export-failed' : 'export-cancelled',
    ...defined({ detail }),
    confirmations: 0,
  };
}

const detailLength = 300;

/** The length of a list, or a number; some services write numbers as texts (proto3's JSON, int64). */
function countAt(object: JsonObject, at: readonly string[]): number {
  const value = firstValueAt(object, at);
  if (Array.isArray(value)) return value.length;
  const text = firstTextAt(object, at) ?? '';
  return /^\d{1,15}$/.test(text) ? Number(text) : 0;
}

/** Whoever reads events reads it as a manifest, and a resource may hold clinical data besides. */
function readsAsManifest(object: JsonObject): boolean {
  return object.resourceType === undefined && fitsManifestSchema(object);
}
