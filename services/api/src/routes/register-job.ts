import { registrationLimits } from '@bulkwatch/contract';
import type { JobStore } from '@bulkwatch/store';
import type { RequestHandler, Response } from 'express';
import { setTarget } from '../auth/audit.js';
import { principalOf } from '../auth/principal.js';
import { sendJob } from '../presented.js';
import { sendProblem } from '../problem.js';
import { type RegisterParts, register } from '../register.js';
import { requestIdOf } from '../request-id.js';
import { traceOf } from '../trace.js';

const keyPattern = new RegExp(`^[\\x21-\\x7e]{1,${registrationLimits.idempotencyKey}}$`);

/** `POST /v1/jobs`: 201 with Location for a new job, 200 for the one that is tracked already. */
export function registerJob(
  parts: RegisterParts & { readonly store: { readonly jobs: Pick<JobStore, 'present'> } },
): RequestHandler {
  return async (request, response) => {
    const idempotencyKey = request.get('idempotency-key');
    if (idempotencyKey !== undefined && !keyPattern.test(idempotencyKey))
      return refuseKey(response);

    const outcome = await register(parts, {
      tenant: principalOf(response).tenant,
      requestId: requestIdOf(response),
      body: request.body as unknown,
      idempotencyKey,
      trace: traceOf(request, response),
    });
    if (outcome.kind === 'refused') return sendProblem(response, outcome.reason, outcome.extras);

    const { job } = outcome;
    setTarget(response, job.id);
    response.status(outcome.kind === 'created' ? 201 : 200).location(`/v1/jobs/${job.id}`);
    await sendJob(response, parts.store.jobs, job);
  };
}

function refuseKey(response: Response): void {
  const message = `must be 1 to ${registrationLimits.idempotencyKey} printable ASCII characters`;
  sendProblem(response, 'request-malformed', {
    errors: [{ field: 'Idempotency-Key', message }],
  });
}
