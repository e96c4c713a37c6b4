import type { RequestHandler } from 'express';
import { sendProblem } from './problem.js';

/** Refuses a method that a path does not take, and says which ones it takes. */
export function methodNotAllowed(methods: readonly string[]): RequestHandler<{ id: string }> {
  const names = methods.map((method) => method.toUpperCase());
  const allowed = names.includes('GET') ? [...names, 'HEAD'] : names;
  return (_request, response) => {
    response.set('Allow', allowed.toSorted().join(', '));
    sendProblem(response, 'method-not-allowed');
  };
}
