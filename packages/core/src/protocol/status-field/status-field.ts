import type { ProviderPreset } from '../../presets/provider-preset.js';
import type {
  PolledJob,
  ProviderRequest,
  ReadingContext,
  StatusProtocol,
} from '../status-protocol.js';
import type { StatusReading } from '../status-reading.js';
import { deleteByStatusUrl, statusRequest, statusUrlOf } from '../status-request.js';
import type { StatusResponse } from '../status-response.js';
import { type DeleteReading, readDeleteResponse } from '../statuses/read-delete-response.js';
import { noManifest } from '../statuses/read-poll-failure.js';
import { readRedirect } from '../statuses/read-redirect.js';
import { readerOf } from '../statuses/readers-by-status.js';
import { readBadRequest } from './read-bad-request.js';
import { readStatusDocument } from './read-status-document.js';
import { optionsOf, statusFieldOptionsSchema } from './status-field-options.js';

const readByStatus = readerOf({
  ok: readStatusDocument,
  accepted: readStatusDocument,
  seeOther: readRedirect,
  otherSuccess: ({ status }, hints) => noManifest(`HTTP ${status}`, hints),
});

/** Services that answer 200 from beginning to end and say in the body how the job is going. */
export const statusField: StatusProtocol = {
  meaning: 'Long-running operations whose status is a field of a JSON document.',
  options: statusFieldOptionsSchema,
  statusRequest,
  readStatus,
  deleteRequest,
  readDelete,
};

function readStatus(response: StatusResponse, context: ReadingContext): StatusReading {
  return readBadRequest(response, context) ?? readByStatus(response, context);
}

function readDelete(response: StatusResponse, context: ReadingContext): DeleteReading {
  return readBadRequest(response, context) ?? readDeleteResponse(response, context, readByStatus);
}

function deleteRequest(job: PolledJob, preset: ProviderPreset): ProviderRequest {
  const byStatusUrl = deleteByStatusUrl(job, preset);
  const { cancel } = optionsOf(preset);
  if (cancel === undefined) return byStatusUrl;
  const { method, suffix, body } = cancel;
  const url = new URL(statusUrlOf(job));
  url.pathname += suffix;
  const request = { ...byStatusUrl, method, url: url.href };
  if (body === undefined) return request;
  const headers = { ...request.headers, 'Content-Type': 'application/json' };
  return { ...request, headers, body: JSON.stringify(body) };
}
