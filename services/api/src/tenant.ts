import type { Request } from 'express';

/** The tenant on whose behalf a request is made. One for everybody until callers have keys. */
export function tenantOf(_request: Request): string {
  return 'default';
}
