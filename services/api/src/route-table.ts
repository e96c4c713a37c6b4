import { importQuerySchema, listQuerySchema } from '@bulkwatch/contract';
import { acknowledgeRoutes } from './acknowledge-routes.js';
import { jsonBody, linesBody } from './body.js';
import { controlRoutes } from './control-routes.js';
import { eventRoutes } from './event-routes.js';
import type { ApiReason } from './problem.js';
import { providerRoutes } from './provider-routes.js';
import { refuseQuery } from './read-query.js';
import { notModified, type Route } from './route.js';
import { amendJob } from './routes/amend-job.js';
import { cancelJob, cancelQuerySchema } from './routes/cancel-job.js';
import { getExportLog } from './routes/get-export-log.js';
import { getJob, waitQuerySchema } from './routes/get-job.js';
import { getManifest } from './routes/get-manifest.js';
import { listJobs } from './routes/list-jobs.js';
import { listPolls } from './routes/list-polls.js';
import { registerBatch } from './routes/register-batch.js';
import { registerJob } from './routes/register-job.js';
import { webhookRoutes } from './webhook-routes.js';

/** Faults of a registration that is well formed. */
const registrationReasons: readonly ApiReason[] = [
  'validation-failed',
  'provider-not-allowed',
  'webhook-not-allowed',
  'preset-unknown',
  'credential-unknown',
  'credential-not-for-provider',
  'sealing-not-configured',
  'bearer-token-expires-too-early',
  'idempotency-key-reused',
  'not-replicated',
];

const urlList =
  'One status URL on each line; blank lines and those that begin with # are passed over. The query holds what their registrations have in common.';

/** The one table of calls; a path that could be taken for a parameter of another stands before that. */
export const routeTable: readonly Route[] = [
  {
    method: 'get',
    path: '/v1/jobs',
    scope: 'jobs:read',
    name: 'listJobs',
    summary: 'List jobs, the newest first',
    query: listQuerySchema,
    answers: {
      200: { says: 'One page.', body: { schema: 'JobList' }, headers: ['Link'] },
      ...notModified,
    },
    handlers: (c) => [listJobs(c)],
  },
  {
    method: 'post',
    path: '/v1/jobs',
    scope: 'jobs:write',
    name: 'registerJob',
    summary: 'Register a status URL',
    headers: ['Idempotency-Key', 'traceparent', 'tracestate'],
    body: { schema: 'Registration' },
    answers: {
      200: {
        says: 'The status URL is tracked already; this is its job.',
        body: { schema: 'Job' },
        headers: ['Location', 'ETag'],
      },
      201: {
        says: 'The job that tracks it from now on.',
        body: { schema: 'Job' },
        headers: ['Location', 'ETag'],
      },
    },
    reasons: registrationReasons,
    handlers: (c) => [refuseQuery, ...jsonBody(c.settings.apiBodyMaxBytes), registerJob(c)],
  },
  {
    method: 'post',
    path: '/v1/jobs/batch',
    scope: 'jobs:write',
    name: 'registerBatch',
    summary: 'Register many status URLs, each for itself',
    query: importQuerySchema,
    headers: ['traceparent', 'tracestate'],
    body: { schema: 'Registration', lines: true, text: urlList },
    answers: {
      200: {
        says: 'One result for each line that is not blank, in order.',
        body: { schema: 'BatchResult', lines: true },
      },
    },
    reasons: ['not-replicated'],
    handlers: (c) => [...linesBody(c.settings.apiBatchMaxBytes), registerBatch(c)],
  },
  ...controlRoutes,
  ...acknowledgeRoutes,
  {
    method: 'get',
    path: '/v1/jobs/:id',
    scope: 'jobs:read',
    name: 'getJob',
    summary: 'Read a job, at once or when there is news of it',
    query: waitQuerySchema,
    headers: ['If-None-Match'],
    answers: {
      200: { says: 'The job.', body: { schema: 'Job' }, headers: ['ETag'] },
      ...notModified,
    },
    handlers: (c) => [getJob(c)],
  },
  {
    method: 'patch',
    path: '/v1/jobs/:id',
    scope: 'jobs:write',
    name: 'amendJob',
    summary:
      'Replace the token, the deadline, the labels or the webhook of a job, or what its acknowledgement is about',
    body: { schema: 'Amendment' },
    answers: {
      200: { says: 'The job as it is now.', body: { schema: 'Job' }, headers: ['ETag'] },
    },
    reasons: [
      'job-already-settled',
      'export-deleted',
      'validation-failed',
      'webhook-not-allowed',
      'sealing-not-configured',
      'bearer-token-expires-too-early',
    ],
    handlers: (c) => [refuseQuery, ...jsonBody(c.settings.apiBodyMaxBytes), amendJob(c)],
  },
  {
    method: 'delete',
    path: '/v1/jobs/:id',
    scope: 'jobs:write',
    name: 'cancelJob',
    summary: 'Stop tracking, and send the provider a delete request if asked to',
    query: cancelQuerySchema,
    answers: {
      200: { says: 'The job, which is cancelled.', body: { schema: 'Job' } },
      202: {
        says: 'The job, which is cancelled once the delete request is sent.',
        body: { schema: 'Job' },
      },
    },
    reasons: ['job-already-settled'],
    handlers: (c) => [cancelJob(c)],
  },
  {
    method: 'get',
    path: '/v1/jobs/:id/manifest',
    scope: 'jobs:read',
    name: 'getManifest',
    summary: 'Read the manifest, byte for byte as the provider sent it',
    headers: ['If-None-Match'],
    answers: {
      200: {
        says: 'The manifest.',
        body: { schema: 'Manifest' },
        headers: ['ETag', 'Bulkwatch-Expired-At'],
      },
      ...notModified,
    },
    reasons: ['manifest-not-ready', 'manifest-never', 'manifest-removed', 'manifest-sealed'],
    handlers: (c) => [refuseQuery, getManifest(c)],
  },
  {
    method: 'get',
    path: '/v1/jobs/:id/polls',
    scope: 'jobs:read',
    name: 'listPolls',
    summary: 'List the latest polls of a job, the newest first',
    answers: { 200: { says: 'The polls.', body: { schema: 'PollList' } }, ...notModified },
    handlers: (c) => [refuseQuery, listPolls(c)],
  },
  {
    method: 'get',
    path: '/v1/jobs/:id/log',
    scope: 'jobs:read',
    name: 'getExportLog',
    summary: 'Read what became of a job as a bulk data export log',
    answers: {
      200: {
        says: 'The log, the oldest entry first.',
        body: { schema: 'ExportLogEntry', lines: true },
      },
      ...notModified,
    },
    reasons: ['manifest-sealed'],
    handlers: (c) => [refuseQuery, getExportLog(c)],
  },
  ...eventRoutes,
  ...providerRoutes,
  ...webhookRoutes,
];
