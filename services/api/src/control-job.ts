import type { JobAction } from '@bulkwatch/contract';
import type { PresetBook } from '@bulkwatch/core';
import type {
  CancelResult,
  ControlRefusal,
  ControlResult,
  JobControl,
  JobRecord,
  JobStore,
  RepublishResult,
} from '@bulkwatch/store';
import { presetFloorMs } from './preset-floor.js';
import type { ApiReason, ProblemExtras } from './problem.js';
import type { Reporter } from './reporter.js';

/** What controlling jobs needs of the context. */
export interface ControlParts {
  readonly store: { readonly jobs: JobControl & Pick<JobStore, 'cancel'> };
  readonly presets: Pick<PresetBook, 'find' | 'ofOrigin'>;
  readonly reporter: Pick<Reporter, 'controlled' | 'cancelled'>;
}

/** Who wants what of which job. */
export interface ControlRequest {
  readonly tenant: string;
  /** Who is told of as the one who paused a job. */
  readonly subject: string;
  readonly requestId: string;
  readonly jobId: string;
  readonly action: JobAction;
  /** Of a poll. */
  readonly force?: boolean;
  /** Of a refresh. In clear only here. */
  readonly bearerToken?: string;
}

export type ControlOutcome =
  /** 202 where a worker has yet to do it. */
  | { readonly kind: 'done'; readonly status: 200 | 202; readonly job: JobRecord }
  | {
      readonly kind: 'refused';
      readonly reason: ApiReason;
      readonly extras?: ProblemExtras;
      readonly retryAfterMs?: number;
    };

/**
 * Does with one job what an operator asks for. Repeating it is harmless.
 *
 * @throws StoreUnavailableError when Redis cannot do it.
 */
export async function controlJob(
  parts: ControlParts,
  request: ControlRequest,
): Promise<ControlOutcome> {
  const result = await act(parts, request);
  parts.reporter.controlled(request, result);
  return outcomeOf(request, result);
}

/** What a worker has yet to do when it is accepted. */
const leftToWorker: ReadonlySet<JobAction> = new Set(['poll', 'refresh']);

type ActResult = ControlResult | RepublishResult;

async function act(
  { store: { jobs }, presets, reporter }: ControlParts,
  { tenant, subject, jobId, action, force = false, bearerToken, requestId }: ControlRequest,
): Promise<ActResult> {
  const floorMs = (job: JobRecord): number => presetFloorMs(presets, job);
  switch (action) {
    case 'pause':
      return jobs.pause(tenant, jobId, subject);
    case 'resume':
      return jobs.resume(tenant, jobId);
    case 'poll':
      return jobs.pollNow(tenant, jobId, { force, presetFloorMs: floorMs });
    case 'refresh':
      return jobs.refresh(tenant, jobId, { bearerToken, presetFloorMs: floorMs });
    case 'republish':
      return jobs.republish(tenant, jobId);
    case 'cancel': {
      const result = await jobs.cancel(tenant, jobId, { deleteAtProvider: false });
      reporter.cancelled(result, requestId);
      return asControlled(result);
    }
  }
}

function asControlled(result: CancelResult): ControlResult {
  if (result.kind === 'not-found' || result.kind === 'already-settled')
    return { kind: 'refused', why: result.kind };
  return { kind: 'done', job: result.job };
}

function outcomeOf({ action }: ControlRequest, result: ActResult): ControlOutcome {
  if (result.kind === 'done')
    return { kind: 'done', status: leftToWorker.has(action) ? 202 : 200, job: result.job };
  const reason = reasons[result.why];
  if (result.why === 'sealed')
    return { kind: 'refused', reason, extras: { detail: `seal key ${result.keyId}` } };
  if (result.why !== 'early') return { kind: 'refused', reason };
  const detail = `Not before ${new Date(result.until).toISOString()}.`;
  return { kind: 'refused', reason, extras: { detail }, retryAfterMs: result.remainingMs };
}

const reasons = {
  'not-found': 'job-not-found',
  'already-settled': 'job-already-settled',
  'not-settled': 'job-not-settled',
  'not-completed': 'job-not-completed',
  deleted: 'export-deleted',
  'no-token': 'bearer-token-needed',
  paused: 'job-paused',
  early: 'retry-after-not-over',
  sealed: 'manifest-sealed',
} as const satisfies Record<ControlRefusal['why'], ApiReason>;
