import type { Logger } from '@bulkwatch/runtime';
import type { RequestHandler, Response } from 'express';
import { reasonSent } from '../problem.js';
import { requestIdOf } from '../request-id.js';
import { routeOf } from '../route-of.js';
import { knownPrincipal } from './principal.js';
import { isUnlogged } from './unlogged.js';

const reads = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Writes one line for each request that would change something, whatever became of it: who, what, and how it went.
 * It is written at any log level, and holds no query and, but for what `setAction` notes, no body. Left out are those of
 * the requests that are refused, before it is known whom they are from, alike and in number: nobody may fill the log who
 * has no key.
 */
export function audit({ logger }: { readonly logger: Logger }): RequestHandler {
  const log = logger.child({ audit: true }, { level: 'info' });
  return (request, response, next) => {
    if (reads.has(request.method)) return next();
    response.once('close', () => {
      if (isUnlogged(response)) return;
      const { keyId, subject, tenant } = knownPrincipal(response) ?? {};
      const what = { method: request.method, route: routeOf(request), ...targetsOf(response) };
      const status = response.headersSent ? response.statusCode : undefined;
      const outcome = { status, reason: reasonSent(response) };
      log.info(
        { keyId, subject, tenant, ...what, ...outcome, requestId: requestIdOf(response) },
        'write request',
      );
    });
    next();
  };
}

/** Notes what a request is about: the id of a job, or the origin of a provider. */
export function setTarget(response: Response, target: string): void {
  response.locals['target'] = target;
}

/** What a request does with jobs, where its route does not say all of it. */
interface NotedAction {
  readonly action: string;
  readonly force?: boolean;
  /** Who says that it has what it wants of the job. */
  readonly subscriber?: string;
  /** With which ones: as the body says it, but no URL in it whose query may be a secret. */
  readonly filter?: object;
  /** Jobs that matched, and that the end of the quota left out. */
  readonly leftOutCount?: number;
}

/** Notes what a request does with jobs. */
export function setAction(response: Response, said: NotedAction): void {
  response.locals['action'] = said;
}

/** Jobs that one line names; the line must not become one that nothing can read. */
const targetsMax = 100;

interface BatchTargets {
  /** The first ones. */
  readonly targets: string[];
  targetCount: number;
}

/** Notes one of the jobs that a batch is about. */
export function addTarget(response: Response, jobId: string): void {
  const known = (response.locals['batchTargets'] ??= { targets: [], targetCount: 0 });
  const noted = known as BatchTargets;
  noted.targetCount += 1;
  if (noted.targets.length < targetsMax) noted.targets.push(jobId);
}

const targetsOf = ({ locals }: Response): object => ({
  ...(locals['action'] as object | undefined),
  target: locals['target'] as string | undefined,
  ...(locals['batchTargets'] as BatchTargets | undefined),
});
