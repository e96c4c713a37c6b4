import type { RequestHandler } from 'express';
import { setTarget } from './auth/audit.js';
import { isJobId } from './job-id.js';
import { sendProblem } from './problem.js';

/** For the paths that name a webhook endpoint, whose ids look like those of jobs: anything else names none. */
export const checkEndpoint: RequestHandler<{ endpoint: string }> = (
  { params: { endpoint } },
  response,
  next,
) => {
  if (!isJobId(endpoint)) return sendProblem(response, 'webhook-endpoint-not-found');
  setTarget(response, endpoint);
  next();
};
