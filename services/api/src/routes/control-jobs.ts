import {
  finalStates,
  type JobAction,
  type JobActionResult,
  type JobActions,
  type JobState,
  openStates,
} from '@bulkwatch/contract';
import type { Clock } from '@bulkwatch/runtime';
import type { JobRecord, JobStore, ListFilter } from '@bulkwatch/store';
import type { RequestHandler, Response } from 'express';
import { addTarget, setAction } from '../auth/audit.js';
import { principalOf } from '../auth/principal.js';
import { inSeconds, type QuotaParts, quotaOfParts } from '../auth/rate-limit.js';
import { isOrigin } from '../check-origin.js';
import { type ControlOutcome, type ControlParts, controlJob } from '../control-job.js';
import { createFailFast } from '../fail-fast.js';
import { mapInOrder } from '../map-in-order.js';
import { problem, sendProblem } from '../problem.js';
import { readJobActions } from '../read-job-actions.js';
import { reasonOf } from '../reason-of.js';
import type { Reporter } from '../reporter.js';
import { requestIdOf } from '../request-id.js';

export type ControlJobsParts = ControlParts &
  QuotaParts & {
    readonly store: { readonly jobs: Pick<JobStore, 'list'> };
    readonly reporter: Pick<Reporter, 'failed'>;
    readonly clock: Pick<Clock, 'monotonicMs'>;
  };

/** Jobs of one call that are worked on at once. */
const concurrency = 32;
const limitDefault = 100;

/** The jobs of which an action can make something; all others have to be asked for by their state. */
const usualStates: Readonly<Record<JobAction, readonly JobState[]>> = {
  pause: openStates,
  resume: openStates,
  poll: openStates,
  cancel: openStates,
  refresh: ['completed'],
  republish: finalStates,
};

/**
 * `POST /v1/jobs/actions`: one action on all jobs that match a filter, page by page, each job for itself. To the rate
 * limit each is a request; where the quota ends or cannot be asked, so does the page.
 */
export function controlJobs(parts: ControlJobsParts): RequestHandler {
  return async (request, response) => {
    const reading = readJobActions(request.body as unknown);
    if (reading.kind === 'refused')
      return sendProblem(response, reading.reason, { errors: reading.errors });

    const { cursor, limit = limitDefault, ...asked } = reading.actions;
    const noted = { action: asked.action, filter: notedFilter(asked), force: asked.force ?? false };
    setAction(response, noted);
    const { tenant } = principalOf(response);
    const page = await parts.store.jobs.list(tenant, filterOf(asked), { cursor, limit });
    const quota = createQuota(parts, response);
    const results: JobActionResult[] = [];
    const controlOne = controlOneOf(parts, response, asked);
    for await (const result of mapInOrder(quota.within(page.jobs), concurrency, controlOne))
      results.push(result);

    setAction(response, { ...noted, leftOutCount: page.jobs.length - results.length });
    const retryAfterMs = quota.retryAfterMs();
    const refusedCount = results.filter((result) => 'problem' in result).length;
    const last = retryAfterMs === undefined ? page.nextCursor : (results.at(-1)?.id ?? cursor);
    response.json({
      doneCount: results.length - refusedCount,
      refusedCount,
      results,
      nextCursor: last ?? null,
      ...(retryAfterMs === undefined ? {} : { retryAfterSeconds: inSeconds(retryAfterMs) }),
    });
  };
}

type Asked = Pick<JobActions, 'action' | 'filter' | 'force'>;

function filterOf({ action, filter }: Asked): ListFilter {
  const { state, health, provider, labels } = filter;
  return {
    states: state === undefined ? usualStates[action] : [state],
    ...(health === undefined ? {} : { health }),
    ...(provider === undefined ? {} : { provider }),
    ...(labels === undefined ? {} : { labels: Object.entries(labels) }),
  };
}

/** The filter as the audit log has it: a provider that is more than an origin matches no job, and may be a capability. */
function notedFilter({ filter: { provider, ...filter } }: Asked): object {
  if (provider === undefined) return filter;
  return { ...filter, provider: isOrigin(provider) ? provider : '…' };
}

/** As long as callers are told to wait for a store that is away. */
const storeAwayMs = 1_000;

/** Gives jobs out as long as the caller's quota lasts. Never rejects: what was done with the first ones is told. */
function createQuota(parts: ControlJobsParts, response: Response) {
  const takeRequest = quotaOfParts(parts, response);
  let waitMs: number | undefined;
  const takeOne = async (): Promise<number | undefined> => {
    try {
      const { allowed, retryAfterMs } = await takeRequest();
      return allowed ? undefined : retryAfterMs;
    } catch (error) {
      if (reasonOf(error) === 'internal-error') parts.reporter.failed(error, requestIdOf(response));
      return storeAwayMs;
    }
  };
  return {
    async *within(jobs: readonly JobRecord[]): AsyncGenerator<JobRecord, void, void> {
      for (const job of jobs) {
        waitMs = await takeOne();
        if (waitMs !== undefined) return;
        yield job;
      }
    },
    /** When it goes on; undefined where it has lasted. */
    retryAfterMs: () => waitMs,
  };
}

/** Does it with one job. Never rejects: whatever happens to it is its result, and the others go on. */
function controlOneOf(parts: ControlJobsParts, response: Response, { action, force }: Asked) {
  const { tenant, subject } = principalOf(response);
  const requestId = requestIdOf(response);
  const failFast = createFailFast(parts.clock);
  const attempt = async (jobId: string): Promise<ControlOutcome> => {
    try {
      const asked = { tenant, subject, requestId, jobId, action, force: force ?? false };
      return await failFast(() => controlJob(parts, asked));
    } catch (error) {
      const reason = reasonOf(error);
      if (reason === 'internal-error') parts.reporter.failed(error, requestId);
      return { kind: 'refused', reason };
    }
  };
  return async ({ id }: JobRecord): Promise<JobActionResult> => {
    addTarget(response, id);
    const outcome = await attempt(id);
    if (outcome.kind === 'done') return { id, status: outcome.status };
    const said = problem(outcome.reason, outcome.extras);
    return { id, status: said.status, problem: said };
  };
}
