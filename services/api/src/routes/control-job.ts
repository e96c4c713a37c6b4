import { type JobAction, pollNowSchema, refreshSchema } from '@bulkwatch/contract';
import { faultsOf } from '@bulkwatch/core';
import type { Clock } from '@bulkwatch/runtime';
import type { JobStore } from '@bulkwatch/store';
import type { Request, RequestHandler, Response } from 'express';
import { setAction } from '../auth/audit.js';
import { principalOf } from '../auth/principal.js';
import { inSeconds } from '../auth/rate-limit.js';
import { type ControlParts, type ControlRequest, controlJob } from '../control-job.js';
import { sendJob } from '../presented.js';
import { sendProblem } from '../problem.js';
import { faultsOfToken } from '../read-amendment.js';
import { asValidation, type ReasonedFault, refuseBody } from '../reasoned-fault.js';
import { requestIdOf } from '../request-id.js';

export type ControlRouteParts = ControlParts & {
  readonly store: { readonly jobs: Pick<JobStore, 'present'> };
};

export type RefreshRouteParts = ControlRouteParts & {
  readonly store: { readonly jobs: Pick<JobStore, 'get'>; readonly canSeal: boolean };
  readonly clock: Pick<Clock, 'now'>;
};

interface Exchange {
  readonly request: Request<{ id: string }>;
  readonly response: Response;
}

/** `POST /v1/jobs/{id}/pause`, `/resume` and `/republish`, which take no body. */
export function controlSimply(
  parts: ControlRouteParts,
  action: JobAction,
): RequestHandler<{ id: string }> {
  return (request, response) => control(parts, { request, response }, { action });
}

/** `POST /v1/jobs/{id}/poll`: makes a job due now; its body, which may be left out, may force it. */
export function pollNow(parts: ControlRouteParts): RequestHandler<{ id: string }> {
  return (request, response) => {
    const parsed = pollNowSchema.safeParse(request.body ?? {});
    if (!parsed.success) return refuse(response, faultsOf(parsed.error).map(asValidation));
    const { force = false } = parsed.data;
    setAction(response, { action: 'poll', force });
    return control(parts, { request, response }, { action: 'poll', force });
  };
}

/** `POST /v1/jobs/{id}/refresh`: asks the provider again; its body, which may be left out, may bring a token. */
export function refreshJob(parts: RefreshRouteParts): RequestHandler<{ id: string }> {
  return async (request, response) => {
    const parsed = refreshSchema.safeParse(request.body ?? {});
    if (!parsed.success) return refuse(response, faultsOf(parsed.error).map(asValidation));
    const { bearerToken } = parsed.data;
    if (bearerToken === undefined)
      return control(parts, { request, response }, { action: 'refresh' });

    const { jobs, canSeal } = parts.store;
    const job = await jobs.get(principalOf(response).tenant, request.params.id);
    if (!job) return sendProblem(response, 'job-not-found');
    const faults = faultsOfToken(bearerToken, { job, canSeal, now: parts.clock.now() });
    if (faults.length > 0) return refuse(response, faults);
    return control(parts, { request, response }, { action: 'refresh', bearerToken });
  };
}

function refuse(response: Response, faults: readonly ReasonedFault[]): void {
  const { reason, errors } = refuseBody(faults);
  sendProblem(response, reason, { errors });
}

async function control(
  parts: ControlRouteParts,
  { request, response }: Exchange,
  what: Pick<ControlRequest, 'action' | 'force' | 'bearerToken'>,
): Promise<void> {
  const { tenant, subject } = principalOf(response);
  const requestId = requestIdOf(response);
  const asked = { tenant, subject, requestId, jobId: request.params.id, ...what };
  const outcome = await controlJob(parts, asked);
  if (outcome.kind === 'refused') {
    const { reason, extras, retryAfterMs } = outcome;
    if (retryAfterMs !== undefined) response.set('Retry-After', String(inSeconds(retryAfterMs)));
    return sendProblem(response, reason, extras);
  }
  const { status, job } = outcome;
  response.status(status);
  await sendJob(response, parts.store.jobs, job);
}
