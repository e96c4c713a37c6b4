import { ReplyError } from 'ioredis';

/** Redis is away, hung, loading, full or read-only: nothing was stored as far as we know. */
export class StoreUnavailableError extends Error {
  override readonly name = 'StoreUnavailableError';
  readonly reason = 'store-unavailable';

  constructor() {
    super('Redis cannot be reached or cannot write.');
  }
}

/** Codes with which Redis says that it cannot serve now; the first word of an error reply. */
const passingCodes = new Set([
  'LOADING',
  'READONLY',
  'OOM',
  'MISCONF',
  'BUSY',
  'MASTERDOWN',
  'CLUSTERDOWN',
  'TRYAGAIN',
  'NOREPLICAS',
  // The slot of all our keys is on its way to another node, or is there.
  'ASK',
  'MOVED',
  // The primary was demoted while it held a reader.
  'UNBLOCKED',
]);

/**
 * Tells a Redis that cannot serve from a fault of ours. Every rejection that is not an error reply comes from
 * the connection; of the error replies only those codes pass, and any other is a bug to be seen.
 */
export function toStoreError(error: unknown): unknown {
  if (!isReplyError(error)) return new StoreUnavailableError();
  const code = error.message.split(' ', 1)[0] ?? '';
  return passingCodes.has(code) ? new StoreUnavailableError() : error;
}

/** ioredis exports the class without a type. */
const isReplyError = (error: unknown): error is Error =>
  error instanceof (ReplyError as new () => Error);
