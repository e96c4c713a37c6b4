import type { Request } from 'express';

/** The template of the path, `/v1/jobs/{id}`; `none` where no route took the request. */
export function routeOf(request: Request): string {
  const { path } = (request.route ?? {}) as { path?: unknown };
  return typeof path === 'string' ? templateOf(path) : 'none';
}

/** The path of a route as it is told to people: `/v1/jobs/{id}`. */
export const templateOf = (path: string): string => path.replace(/:(\w+)/g, '{$1}');
