import { jsonBody } from './body.js';
import { refuseQuery } from './read-query.js';
import type { Route } from './route.js';
import { acknowledgeJob } from './routes/acknowledge-job.js';

/** The call by which subscribers say that they have what they want. */
export const acknowledgeRoutes: readonly Route[] = [
  {
    method: 'post',
    path: '/v1/jobs/:id/acknowledge',
    scope: 'jobs:acknowledge',
    name: 'acknowledgeJob',
    summary: 'Say that a subscriber has what it wants of a completed job',
    body: { schema: 'Acknowledge' },
    answers: {
      200: { says: 'The job as it is now.', body: { schema: 'Job' }, headers: ['ETag'] },
    },
    reasons: [
      'validation-failed',
      'job-not-completed',
      'too-many-acknowledgements',
      'bearer-token-expires-too-early',
      'sealing-not-configured',
    ],
    handlers: (c) => [refuseQuery, ...jsonBody(c.settings.apiBodyMaxBytes), acknowledgeJob(c)],
  },
];
