import { acknowledgeSchema } from '@bulkwatch/contract';
import { faultsOf } from '@bulkwatch/core';
import type { Clock } from '@bulkwatch/runtime';
import type { AcknowledgeResult, JobRecord, Store } from '@bulkwatch/store';
import type { RequestHandler } from 'express';
import { setAction } from '../auth/audit.js';
import { principalOf } from '../auth/principal.js';
import { sendJob } from '../presented.js';
import { type ApiReason, sendProblem } from '../problem.js';
import { faultsOfToken } from '../read-amendment.js';
import { asValidation, type ReasonedFault, refuseBody } from '../reasoned-fault.js';
import type { Reporter } from '../reporter.js';
import { requestIdOf } from '../request-id.js';

interface AcknowledgeParts {
  readonly store: Pick<Store, 'jobs' | 'canSeal'>;
  readonly reporter: Pick<Reporter, 'acknowledged'>;
  readonly clock: Pick<Clock, 'now'>;
}

/**
 * `POST /v1/jobs/{id}/acknowledge`: a subscriber has what it wants of a completed job. The last one that is required has
 * the provider sent a delete request, where the registration asks for it.
 */
export function acknowledgeJob(parts: AcknowledgeParts): RequestHandler<{ id: string }> {
  const { jobs, canSeal } = parts.store;
  return async (request, response) => {
    const refuse = (faults: readonly ReasonedFault[]): void => {
      const { reason, errors } = refuseBody(faults);
      sendProblem(response, reason, { errors });
    };
    const parsed = acknowledgeSchema.safeParse(request.body);
    if (!parsed.success) return refuse(faultsOf(parsed.error).map(asValidation));
    const { subscriber, bearerToken } = parsed.data;
    setAction(response, { action: 'acknowledge', subscriber });

    const { tenant } = principalOf(response);
    const { id } = request.params;
    const job = await jobs.get(tenant, id);
    if (!job) return sendProblem(response, 'job-not-found');
    if (bearerToken !== undefined) {
      const faults = faultsOfDeleteToken(bearerToken, { job, canSeal, now: parts.clock.now() });
      if (faults.length > 0) return refuse(faults);
    }
    const result = await jobs.acknowledge(tenant, id, { subscriber, bearerToken });
    if (result.kind === 'refused') return sendProblem(response, reasons[result.why]);
    parts.reporter.acknowledged(result, { subscriber, requestId: requestIdOf(response) });
    await sendJob(response, jobs, result.job);
  };
}

const reasons = {
  'not-found': 'job-not-found',
  'not-completed': 'job-not-completed',
  'too-many': 'too-many-acknowledgements',
} as const satisfies Record<
  Extract<AcknowledgeResult, { readonly kind: 'refused' }>['why'],
  ApiReason
>;

function faultsOfDeleteToken(
  token: string,
  rules: { readonly job: JobRecord; readonly canSeal: boolean; readonly now: number },
): readonly ReasonedFault[] {
  if (rules.job.deleteOnAcknowledge) return faultsOfToken(token, rules);
  const message = 'is for jobs with deleteOnAcknowledge only';
  return [asValidation({ path: ['bearerToken'], message })];
}
