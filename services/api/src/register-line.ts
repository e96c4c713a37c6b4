import type { BatchResult } from '@bulkwatch/contract';
import type { Settings, TraceContext } from '@bulkwatch/runtime';
import { presentJob, type QuotaState } from '@bulkwatch/store';
import { inSeconds } from './auth/rate-limit.js';
import type { BatchFormat } from './batch-format.js';
import { type ApiReason, type ProblemExtras, problem } from './problem.js';
import type { Line } from './read-lines.js';
import { reasonOf } from './reason-of.js';
import { type RegisterOutcome, type RegisterParts, register } from './register.js';
import type { Reporter } from './reporter.js';

export interface BatchParts extends RegisterParts {
  readonly reporter: Pick<Reporter, 'registered' | 'failed'>;
  readonly settings: Pick<
    Settings,
    'trackingDeadlineMs' | 'apiBodyMaxBytes' | 'apiBatchMaxBytes' | 'apiBatchMaxLines'
  >;
}

/** What the lines of one batch have in common. */
export interface Batch {
  readonly parts: BatchParts;
  readonly tenant: string;
  readonly requestId: string;
  /** Where the batch stands in a distributed trace; so does each of its jobs. */
  readonly trace: TraceContext | undefined;
  readonly format: BatchFormat;
  /** Takes one request out of the caller's quota. Rejects with StoreUnavailableError while Redis is away. */
  readonly takeRequest: () => Promise<Pick<QuotaState, 'allowed' | 'retryAfterMs'>>;
  /** Told of each job that a line has led to. */
  readonly onJob: (jobId: string) => void;
}

/** Registers one line of a batch. Never rejects: whatever happens to it is its result, and the others go on. */
export async function registerLine(batch: Batch, line: Line): Promise<BatchResult> {
  const outcome = await outcomeOf(batch, line);
  if (outcome.kind === 'refused') {
    const said = problem(outcome.reason, outcome.extras);
    const { retryAfterSeconds } = outcome;
    const hint = retryAfterSeconds === undefined ? {} : { retryAfterSeconds };
    return { line: line.number, status: said.status, problem: said, ...hint };
  }
  batch.onJob(outcome.job.id);
  const status = outcome.kind === 'created' ? 201 : 200;
  return { line: line.number, status, job: presentJob(outcome.job) };
}

/** An outcome, and for a line beyond the quota when it may be sent again. */
type LineOutcome = RegisterOutcome & { readonly retryAfterSeconds?: number };

async function outcomeOf(batch: Batch, line: Line): Promise<LineOutcome> {
  try {
    const { allowed, retryAfterMs } = await batch.takeRequest();
    if (allowed) return await judgeLine(batch, line);
    return { ...refused('too-many-requests'), retryAfterSeconds: inSeconds(retryAfterMs) };
  } catch (error) {
    const reason = reasonOf(error);
    if (reason === 'internal-error') batch.parts.reporter.failed(error, batch.requestId);
    return refused(reason);
  }
}

async function judgeLine(
  { parts, tenant, requestId, trace, format }: Batch,
  line: Line,
): Promise<RegisterOutcome> {
  if (line.kind !== 'line')
    return refused('body-too-large', { detail: detailOf(line, parts.settings) });
  const body = format.read(line.bytes);
  if (body === undefined) return refused('body-not-json');
  return register(parts, { tenant, requestId, body, trace });
}

const refused = (reason: ApiReason, extras: ProblemExtras = {}): RegisterOutcome => ({
  kind: 'refused',
  reason,
  extras,
});

function detailOf(line: Exclude<Line, { kind: 'line' }>, limits: BatchParts['settings']): string {
  if (line.kind === 'too-long') return `A line has at most ${limits.apiBodyMaxBytes} bytes.`;
  const limit =
    line.limit === 'lines'
      ? `${limits.apiBatchMaxLines} lines`
      : `${limits.apiBatchMaxBytes} bytes`;
  return `A batch has at most ${limit}; nothing was read from this line on.`;
}
