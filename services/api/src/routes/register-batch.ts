import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { BatchResult } from '@bulkwatch/contract';
import type { Clock } from '@bulkwatch/runtime';
import type { RequestHandler } from 'express';
import { addTarget } from '../auth/audit.js';
import { principalOf } from '../auth/principal.js';
import { type QuotaParts, quotaOfParts } from '../auth/rate-limit.js';
import { type BatchFormat, batchFormat } from '../batch-format.js';
import { createFailFast, type FailFast } from '../fail-fast.js';
import { mapInOrder } from '../map-in-order.js';
import { sendProblem } from '../problem.js';
import { type Line, readLines } from '../read-lines.js';
import { rulesOf } from '../register.js';
import { type Batch, type BatchParts, registerLine } from '../register-line.js';
import { requestIdOf } from '../request-id.js';
import { traceOf } from '../trace.js';

export type RegisterBatchParts = BatchParts & QuotaParts & { readonly clock: Clock };

/** Registrations of one batch that are under way at once; the rest of the body waits in the socket. */
const concurrency = 32;
/** Lines are refused at once for so long after replicas were lacking. */
const restMs = 1_000;

/**
 * `POST /v1/jobs/batch`: one registration, or status URL, per input line, one result per line in the same order, each line for
 * itself. Repeating a batch is harmless, since a status URL that is tracked is not tracked twice. To the rate limit
 * each line is a request: those beyond the quota are refused one by one, and the caller sends them again.
 */
export function registerBatch(parts: RegisterBatchParts): RequestHandler {
  return async (request, response) => {
    const { tenant } = principalOf(response);
    const reading = batchFormat(request, rulesOf(parts, tenant));
    if (reading.kind === 'refused')
      return sendProblem(response, 'query-invalid', { errors: reading.errors });

    const { format } = reading;
    const lines = readLines(request.iterator({ destroyOnReturn: false }), {
      lineMaxBytes: parts.settings.apiBodyMaxBytes,
      maxBytes: parts.settings.apiBatchMaxBytes,
      maxLines: parts.settings.apiBatchMaxLines,
    });
    const failFast = createFailFast(parts.clock);
    const takeOne = quotaOfParts(parts, response);
    const batch: Batch = {
      parts: withStore(parts, failFast),
      tenant,
      requestId: requestIdOf(response),
      trace: traceOf(request, response),
      format,
      takeRequest: () => failFast(takeOne),
      onJob: (jobId) => addTarget(response, jobId),
    };
    const registerOne = (line: Line): Promise<BatchResult> => registerLine(batch, line);
    const results = mapInOrder(linesThatCount(lines, format), concurrency, registerOne);

    try {
      const first = await results.next();
      const passing = first.done ? undefined : passingReason(first.value);
      if (passing) return sendProblem(response, passing);
      response.status(200).type('application/x-ndjson');
      await pipeline(Readable.from(toText(first, results)), response);
    } finally {
      await results.return();
      // What is not wanted any more still stands before the next request of this connection.
      request.resume();
    }
  };
}

/** Nor is it waited again and again for replicas that were lacking a moment ago. */
function withStore(parts: RegisterBatchParts, failFast: FailFast): BatchParts {
  const { canSeal, jobs } = parts.store;
  let lackingUntilMs = Number.NEGATIVE_INFINITY;
  const register: typeof jobs.register = async (tenant, job) => {
    if (parts.clock.monotonicMs() < lackingUntilMs) return { kind: 'not-replicated' };
    const result = await failFast(() => jobs.register(tenant, job));
    if (result.kind === 'not-replicated') lackingUntilMs = parts.clock.monotonicMs() + restMs;
    return result;
  };
  return { ...parts, store: { canSeal, jobs: { register } } };
}

async function* linesThatCount(
  lines: AsyncIterable<Line>,
  { counts }: BatchFormat,
): AsyncGenerator<Line, void, void> {
  for await (const line of lines) if (line.kind !== 'line' || counts(line.bytes)) yield line;
}

async function* toText(
  first: IteratorResult<BatchResult, void>,
  others: AsyncIterable<BatchResult>,
): AsyncGenerator<string, void, void> {
  if (first.done) return;
  yield `${JSON.stringify(first.value)}\n`;
  for await (const result of others) yield `${JSON.stringify(result)}\n`;
}

/** Why nothing of a batch can be kept just now, by its first result. */
function passingReason(result: BatchResult): 'store-unavailable' | 'not-replicated' | undefined {
  const reason = 'problem' in result ? result.problem.reason : undefined;
  return reason === 'store-unavailable' || reason === 'not-replicated' ? reason : undefined;
}
