import { jsonBody, optionalJsonBody } from './body.js';
import { refuseQuery } from './read-query.js';
import type { Route } from './route.js';
import { controlSimply, pollNow, refreshJob } from './routes/control-job.js';
import { controlJobs } from './routes/control-jobs.js';

const theJob = {
  says: 'The job as it is now.',
  body: { schema: 'Job' },
  headers: ['ETag'],
} as const;

/** The calls by which operators control jobs. */
export const controlRoutes: readonly Route[] = [
  {
    method: 'post',
    path: '/v1/jobs/actions',
    scope: 'jobs:write',
    name: 'controlJobs',
    summary:
      'Pause, resume, poll, refresh, republish or cancel all jobs that match a filter, page by page',
    body: { schema: 'JobActions' },
    answers: { 200: { says: 'What came of each job.', body: { schema: 'JobActionsResult' } } },
    reasons: ['validation-failed'],
    handlers: (c) => [refuseQuery, ...jsonBody(c.settings.apiBodyMaxBytes), controlJobs(c)],
  },
  {
    method: 'post',
    path: '/v1/jobs/:id/pause',
    scope: 'jobs:write',
    name: 'pauseJob',
    summary: 'Keep a job from being polled, until it is resumed or its deadline comes',
    answers: { 200: theJob },
    reasons: ['job-already-settled'],
    handlers: (c) => [refuseQuery, controlSimply(c, 'pause')],
  },
  {
    method: 'post',
    path: '/v1/jobs/:id/resume',
    scope: 'jobs:write',
    name: 'resumeJob',
    summary: 'Poll a paused job again: at once, if it came due meanwhile',
    answers: { 200: theJob },
    reasons: ['job-already-settled'],
    handlers: (c) => [refuseQuery, controlSimply(c, 'resume')],
  },
  {
    method: 'post',
    path: '/v1/jobs/:id/poll',
    scope: 'jobs:write',
    name: 'pollNow',
    summary: 'Poll a job now, though not within what its provider asked for, unless forced',
    body: { schema: 'PollNow', optional: true },
    answers: {
      202: {
        ...theJob,
        says: 'The job, which is due as soon as the floor lets it, or is being polled.',
      },
    },
    reasons: ['validation-failed', 'job-already-settled', 'job-paused', 'retry-after-not-over'],
    handlers: (c) => [refuseQuery, ...optionalJsonBody(c.settings.apiBodyMaxBytes), pollNow(c)],
  },
  {
    method: 'post',
    path: '/v1/jobs/:id/refresh',
    scope: 'jobs:write',
    name: 'refreshJob',
    summary: 'Ask the provider of a completed job for fresh links',
    body: { schema: 'Refresh', optional: true },
    answers: { 202: { ...theJob, says: 'The job, whose provider is asked.' } },
    reasons: [
      'validation-failed',
      'job-not-completed',
      'export-deleted',
      'bearer-token-needed',
      'bearer-token-expires-too-early',
      'sealing-not-configured',
    ],
    handlers: (c) => [refuseQuery, ...optionalJsonBody(c.settings.apiBodyMaxBytes), refreshJob(c)],
  },
  {
    method: 'post',
    path: '/v1/jobs/:id/republish',
    scope: 'jobs:write',
    name: 'republishEvent',
    summary: 'Tell the event of a settled job again, under the id that it had',
    answers: { 200: theJob },
    reasons: ['job-not-settled', 'manifest-sealed'],
    handlers: (c) => [refuseQuery, controlSimply(c, 'republish')],
  },
];
