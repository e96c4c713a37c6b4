import express, { type Express, type RequestHandler } from 'express';
import helmet from 'helmet';
import { accessLog, countFromZero } from './access-log.js';
import { answerError } from './answer-error.js';
import { audit, setTarget } from './auth/audit.js';
import { authenticated } from './auth/authenticated.js';
import { rateLimit } from './auth/rate-limit.js';
import { requireScope } from './auth/require-scope.js';
import type { Context } from './context.js';
import { isJobId } from './job-id.js';
import { methodNotAllowed } from './method-not-allowed.js';
import { addPages } from './pages.js';
import { sendProblem } from './problem.js';
import { requestId } from './request-id.js';
import { requireHost } from './require-host.js';
import type { Route } from './route.js';
import { routeTable } from './route-table.js';
import { traced } from './trace.js';

/** The API as an Express application; it listens nowhere by itself. */
export function createServer(context: Context): Express {
  const app = express();
  // Entity tags are versions of jobs, not fingerprints of bodies; `?a[b]=c` is a name like any other.
  app.disable('etag').disable('x-powered-by').set('query parser', 'simple');
  // One spelling for each path, so that rules in front of the api cannot be walked around.
  app.set('trust proxy', [...(context.settings.apiTrustedProxies ?? [])]);
  app.enable('case sensitive routing').enable('strict routing');
  app.use(requestId);
  if (context.tracing) app.use(traced(context.tracing));
  countFromZero(context.metrics, routeTable);
  app.use(accessLog(context), audit(context), helmet(), noStore);
  app.use(requireHost);
  addPages(app);
  // Before any route of the API, so that none can be without it.
  app.use(authenticated(context), rateLimit(context));
  for (const path of new Set(routeTable.map((route) => route.path))) addRoute(app, path, context);
  app.use((_request, response) => sendProblem(response, 'route-not-found'));
  app.use(answerError(context.reporter));
  return app;
}

/** Adds the calls of one path; any other method is refused there. */
function addRoute(app: Express, path: Route['path'], context: Context): void {
  const calls = routeTable.filter((route) => route.path === path);
  const route = app.route(path);
  for (const { method, scope, handlers } of calls)
    route[method](requireScope(scope, context), checkJobId, ...handlers(context));
  route.all(methodNotAllowed(calls.map(({ method }) => method)));
}

/** For the paths that name a job. */
const checkJobId: RequestHandler<{ id?: string }> = ({ params: { id } }, response, next) => {
  if (id !== undefined && !isJobId(id)) return sendProblem(response, 'job-not-found');
  if (id !== undefined) setTarget(response, id);
  next();
};

/** Answers tell of jobs as they are now, and some hold capabilities. */
const noStore: RequestHandler = (_request, response, next) => {
  response.set('Cache-Control', 'no-store');
  next();
};
