import { backOffMs, mayPass } from './back-off.js';
import { BulkwatchError, isBulkwatchError } from './bulkwatch-error.js';
import { type Connection, checkSecret } from './connection.js';
import { type Answer, type Call, exchange } from './exchange.js';
import { sleep } from './sleep.js';

/** What every call takes. */
export interface CallOptions {
  /** Ends the call, which then rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** In place of the client's. */
  readonly timeoutMs?: number | undefined;
}

export type Send = (call: Call, options?: CallOptions) => Promise<Answer>;

/**
 * Sends calls, and sends again what may succeed a little later: after 429, 502, 503 and 504, no sooner than Retry-After
 * says, and where no answer came. A token that was refused is asked for anew, once.
 */
export function createSend(connection: Connection): Send {
  return async (call, { signal, timeoutMs = connection.timeoutMs } = {}) => {
    const holdMs = call.holdMs ?? 0;
    const endMs = performance.now() + timeoutMs + holdMs;
    let renew = false;
    for (let tries = 1; ; tries += 1) {
      signal?.throwIfAborted();
      const authorization = await connection.authorize?.({ renew, signal });
      if (authorization !== undefined) checkSecret(authorization);
      const leftMs = endMs - performance.now();
      const limits = {
        authorization,
        signal,
        timeoutMs: Math.max(1, Math.min(leftMs, connection.attemptTimeoutMs + holdMs)),
      };
      try {
        return await exchange(connection, call, limits);
      } catch (error) {
        const renewing: boolean =
          connection.renewable && !renew && isBulkwatchError(error, 'authentication-invalid');
        if (!renewing && !mayPass(error, call)) throw error;
        if (tries > connection.retries) throw error;
        renew = renewing;
        const waitMs = renewing ? 0 : backOffMs(tries, retryAfterMsOf(error), Math.random());
        // Waiting for what comes too late helps nobody.
        if (performance.now() + waitMs >= endMs) throw error;
        await sleep(waitMs, signal);
      }
    }
  };
}

/** What the error says of when to come again, in milliseconds; 0 where it says nothing. */
export function retryAfterMsOf(error: unknown): number {
  return error instanceof BulkwatchError ? (error.retryAfterMs ?? 0) : 0;
}
