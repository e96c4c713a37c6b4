import type { Problem } from '@bulkwatch/contract';
import { faultsOf } from '@bulkwatch/core';
import type { RequestHandler } from 'express';
import { z } from 'zod';
import { sendProblem } from './problem.js';

export type QueryReading<T> =
  | { readonly kind: 'accepted'; readonly query: T }
  | { readonly kind: 'refused'; readonly errors: NonNullable<Problem['errors']> };

/** Reads the query of a URL. A parameter that the route does not know is refused, since it is a typing error. */
export function readQuery<S extends z.ZodType>(
  schema: S,
  query: unknown,
): QueryReading<z.output<S>> {
  const parsed = schema.safeParse(query);
  if (parsed.success) return { kind: 'accepted', query: parsed.data };
  const errors = faultsOf(parsed.error).map(({ path, message }) => ({
    field: String(path[0] ?? ''),
    message,
  }));
  return { kind: 'refused', errors };
}

const noParameters = z.strictObject({});

/** For the routes that take no query parameters. */
export const refuseQuery: RequestHandler = (request, response, next) => {
  const reading = readQuery(noParameters, request.query);
  if (reading.kind === 'refused')
    return sendProblem(response, 'query-invalid', { errors: reading.errors });
  next();
};
