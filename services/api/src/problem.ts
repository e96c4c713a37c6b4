import { type Problem, type Reason, reasons } from '@bulkwatch/contract';
import type { Response } from 'express';
import { requestIdOf } from './request-id.js';

/** The reasons that the API can answer with: those with an HTTP status. */
export type ApiReason = {
  [R in Reason]: (typeof reasons)[R] extends { readonly status: number } ? R : never;
}[Reason];

/** What one answer adds to the row of its reason. Never a token, never the query of a URL. */
export interface ProblemExtras {
  readonly detail?: string;
  readonly errors?: NonNullable<Problem['errors']>;
}

/**
 * Problem details of a reason (RFC 9457). `type` is a relative reference, so that it means the same on every host.
 */
export function problem(
  reason: ApiReason,
  extras: ProblemExtras & { readonly requestId?: string } = {},
): Problem {
  const { requestId, ...members } = extras;
  return {
    type: `/problems/${reason}`,
    title: reasons[reason].title,
    status: reasons[reason].status,
    reason,
    ...members,
    ...(requestId === undefined ? {} : { instance: `urn:request:${requestId}` }),
  };
}

/** Answers with a problem; the status and, where waiting helps, Retry-After come from its reason. */
export function sendProblem(
  response: Response,
  reason: ApiReason,
  extras: ProblemExtras = {},
): void {
  const body = problem(reason, { ...extras, requestId: requestIdOf(response) });
  response.locals['reason'] = reason;
  if (body.status === 503) response.set('Retry-After', '1');
  response.status(body.status).type('application/problem+json').send(JSON.stringify(body));
}

/** The reason of the problem that was sent, where it was one. */
export const reasonSent = (response: Response): ApiReason | undefined =>
  response.locals['reason'] as ApiReason | undefined;
