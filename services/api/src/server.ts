import express, { type Express, type RequestHandler } from 'express';
import helmet from 'helmet';
import { accessLog } from './access-log.js';
import { answerError } from './answer-error.js';
import { jsonBody, linesBody } from './body.js';
import type { Context } from './context.js';
import { isJobId } from './job-id.js';
import { sendProblem } from './problem.js';
import { refuseQuery } from './read-query.js';
import { requestId } from './request-id.js';
import { cancelJob } from './routes/cancel-job.js';
import { getJob } from './routes/get-job.js';
import { getManifest } from './routes/get-manifest.js';
import { listJobs } from './routes/list-jobs.js';
import { listPolls } from './routes/list-polls.js';
import { registerBatch } from './routes/register-batch.js';
import { registerJob } from './routes/register-job.js';

/** The API as an Express application; it listens nowhere by itself. */
export function createServer(context: Context): Express {
  const { settings } = context;
  const app = express();
  // Entity tags are versions of jobs, not fingerprints of bodies; `?a[b]=c` is a name like any other.
  app.disable('etag').disable('x-powered-by').set('query parser', 'simple');
  // One spelling for each path, so that rules in front of the api cannot be walked around.
  app.enable('case sensitive routing').enable('strict routing');
  app.use(requestId, accessLog(context), helmet(), noStore);
  app.param('id', (_request, response, next, id) => {
    if (typeof id === 'string' && isJobId(id)) next();
    else sendProblem(response, 'job-not-found');
  });

  app
    .route('/v1/jobs')
    .get(listJobs(context))
    .post(refuseQuery, jsonBody(settings.apiBodyMaxBytes), registerJob(context))
    .all(methodNotAllowed('GET, HEAD, POST'));
  app
    .route('/v1/jobs/batch')
    .post(refuseQuery, linesBody(settings.apiBatchMaxBytes), registerBatch(context))
    .all(methodNotAllowed('POST'));
  app
    .route('/v1/jobs/:id')
    .get(getJob(context))
    .delete(cancelJob(context))
    .all(methodNotAllowed('DELETE, GET, HEAD'));
  app
    .route('/v1/jobs/:id/manifest')
    .get(refuseQuery, getManifest(context))
    .all(methodNotAllowed('GET, HEAD'));
  app
    .route('/v1/jobs/:id/polls')
    .get(refuseQuery, listPolls(context))
    .all(methodNotAllowed('GET, HEAD'));

  app.use((_request, response) => sendProblem(response, 'route-not-found'));
  app.use(answerError(context.reporter));
  return app;
}

/** Answers tell of jobs as they are now, and some hold capabilities. */
const noStore: RequestHandler = (_request, response, next) => {
  response.set('Cache-Control', 'no-store');
  next();
};

function methodNotAllowed(allowed: string): RequestHandler {
  return (_request, response) => {
    response.set('Allow', allowed);
    sendProblem(response, 'method-not-allowed');
  };
}
