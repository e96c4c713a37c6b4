import type { ErrorRequestHandler } from 'express';
import { sendProblem } from './problem.js';
import { reasonOf } from './reason-of.js';
import type { Reporter } from './reporter.js';
import { requestIdOf } from './request-id.js';

/** Answers what a handler threw. The text of an error stays in the log, it may hold what is not the caller's. */
export function answerError(reporter: Pick<Reporter, 'failed'>): ErrorRequestHandler {
  return (error: unknown, _request, response, _next) => {
    if (response.destroyed || response.writableEnded) return;
    const reason = reasonOf(error);
    if (reason === 'internal-error') reporter.failed(error, requestIdOf(response));
    // Half an answer must not look like a whole one.
    if (response.headersSent) response.destroy();
    else sendProblem(response, reason);
  };
}
