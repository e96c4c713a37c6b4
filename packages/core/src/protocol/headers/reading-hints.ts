import { defined } from '../../defined.js';
import { printableText } from '../bodies/printable-text.js';
import type { ReadingHints } from '../status-reading.js';
import type { StatusResponse } from '../status-response.js';
import { firstUsable } from './header.js';
import { readProgress } from './progress.js';
import { readRetryAfter } from './retry-after.js';

const requestIdHeaders = ['opc-request-id', 'x-request-id', 'x-correlation-id'] as const;
const requestIdLength = 128;

/**
 * Reads the headers that mean the same under every status: Retry-After and what stands in for it, X-Progress
 * and the request's id.
 */
export function readHints({
  headers,
  receivedAt,
}: Pick<StatusResponse, 'headers' | 'receivedAt'>): ReadingHints {
  return {
    retryAfter: readRetryAfter({
      value: headers['retry-after'],
      xRetryAfter: headers['x-retryafter'],
      xMsRetryAfterMs: headers['x-ms-retry-after-ms'],
      date: headers.date,
      receivedAt,
    }),
    ...readProgress(headers['x-progress']),
    ...defined({ requestId: readRequestId(headers) }),
  };
}

/** Oracle's own header comes first: it is the one to quote when talking to them. */
function readRequestId(headers: StatusResponse['headers']): string | undefined {
  for (const name of requestIdHeaders) {
    const requestId = firstUsable(headers[name], (text) => printableText(text, requestIdLength));
    if (requestId !== undefined) return requestId;
  }
  return undefined;
}
