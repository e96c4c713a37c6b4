import { StoreUnavailableError } from '@bulkwatch/store';
import type { ApiReason } from './problem.js';

/** What the body parser calls its troubles (`type` of its errors). */
const bodyReasons: Readonly<Record<string, ApiReason>> = {
  'entity.too.large': 'body-too-large',
  'encoding.unsupported': 'content-type-not-supported',
};

/** The reason with which a thrown error is answered; what nobody foresaw is `internal-error`. */
export function reasonOf(error: unknown): ApiReason {
  if (error instanceof StoreUnavailableError) return 'store-unavailable';
  if (!(error instanceof Error)) return 'internal-error';
  const { type, status } = error as { type?: unknown; status?: unknown };
  const known = typeof type === 'string' ? bodyReasons[type] : undefined;
  if (known) return known;
  // Express and the body parser mark what the caller did wrong: broken escapes in the path, a body cut short.
  return typeof status === 'number' && status >= 400 && status < 500
    ? 'request-malformed'
    : 'internal-error';
}
