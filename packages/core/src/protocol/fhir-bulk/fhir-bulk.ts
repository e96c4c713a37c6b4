import { z } from 'zod';
import type { StatusProtocol } from '../status-protocol.js';
import { deleteByStatusUrl, statusRequest } from '../status-request.js';
import { readDeleteResponse } from '../statuses/read-delete-response.js';
import { readerOf } from '../statuses/readers-by-status.js';
import { readInProgress } from './read-in-progress.js';
import { readOk, readOtherSuccess, readSeeOther } from './read-ok.js';

const readStatus = readerOf({
  ok: readOk,
  accepted: readInProgress,
  seeOther: readSeeOther,
  otherSuccess: readOtherSuccess,
});

/**
 * Bulk Data Access, STU1 to the ballot of STU4, and its kin, which the answers themselves tell apart: FHIR R5's
 * batch-response, the 303 of the Simplified Asynchronous Interaction, and the status manifest of Bulk Submit.
 */
export const fhirBulk: StatusProtocol = {
  meaning:
    'FHIR Bulk Data Access, all generations; asynchronous interactions that end with a Bundle or with a 303.',
  options: z.undefined(),
  statusRequest,
  readStatus,
  deleteRequest: deleteByStatusUrl,
  readDelete: (response, context) => readDeleteResponse(response, context, readStatus),
};
