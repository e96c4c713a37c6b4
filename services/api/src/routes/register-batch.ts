import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { BatchResult } from '@bulkwatch/contract';
import type { Clock } from '@bulkwatch/runtime';
import type { RequestHandler } from 'express';
import { principalOf } from '../auth/principal.js';
import { failFast } from '../fail-fast.js';
import { mapInOrder } from '../map-in-order.js';
import { sendProblem } from '../problem.js';
import { type Line, readLines } from '../read-lines.js';
import { type Batch, type BatchParts, registerLine } from '../register-line.js';
import { requestIdOf } from '../request-id.js';

/** Registrations of one batch that are under way at once; the rest of the body waits in the socket. */
const concurrency = 32;

/**
 * `POST /v1/jobs/batch`: one registration per input line, one result per line in the same order, each line for
 * itself. Repeating a batch is harmless, since a status URL that is tracked is not tracked twice.
 */
export function registerBatch(parts: BatchParts & { readonly clock: Clock }): RequestHandler {
  return async (request, response) => {
    const lines = readLines(request.iterator({ destroyOnReturn: false }), {
      lineMaxBytes: parts.settings.apiBodyMaxBytes,
      maxBytes: parts.settings.apiBatchMaxBytes,
      maxLines: parts.settings.apiBatchMaxLines,
    });
    const { clock, store } = parts;
    const batch: Batch = {
      parts: { ...parts, store: { canSeal: store.canSeal, jobs: failFast(store.jobs, clock) } },
      tenant: principalOf(response).tenant,
      requestId: requestIdOf(response),
    };
    const registerOne = (line: Line): Promise<BatchResult> => registerLine(batch, line);
    const results = mapInOrder(withoutBlanks(lines), concurrency, registerOne);

    try {
      const first = await results.next();
      if (!first.done && isStoreUnavailable(first.value))
        return sendProblem(response, 'store-unavailable');
      response.status(200).type('application/x-ndjson');
      await pipeline(Readable.from(toText(first, results)), response);
    } finally {
      await results.return();
      // What is not wanted any more still stands before the next request of this connection.
      request.resume();
    }
  };
}

async function* withoutBlanks(lines: AsyncIterable<Line>): AsyncGenerator<Line, void, void> {
  for await (const line of lines) {
    if (line.kind !== 'line' || line.bytes.some((byte) => byte > 0x20)) yield line;
  }
}

async function* toText(
  first: IteratorResult<BatchResult, void>,
  others: AsyncIterable<BatchResult>,
): AsyncGenerator<string, void, void> {
  if (first.done) return;
  yield `${JSON.stringify(first.value)}\n`;
  for await (const result of others) yield `${JSON.stringify(result)}\n`;
}

function isStoreUnavailable(result: BatchResult): boolean {
  return 'problem' in result && result.problem.reason === 'store-unavailable';
}
