import type { Reason } from '@bulkwatch/contract';

/** A status response as it came over the wire: nothing understood yet. Bodies are bounded by the sender. */
export interface StatusResponse {
  readonly status: number;
  /** Header names in lower case. A header that came more than once keeps its values apart. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: Uint8Array;
  /** Epoch ms at which the answer had been received, on the tracker's clock. */
  readonly receivedAt: number;
}

/** A poll that brought no answer. `detail` never holds a URL, a header or a body. */
export interface FetchFailure {
  readonly reason: Extract<
    Reason,
    | 'connection-failed'
    | 'tls-failed'
    | 'timed-out'
    | 'response-too-large'
    | 'response-unreadable'
    | 'provider-not-allowed'
    | 'preset-missing'
    | 'credential-missing'
    | 'token-refused'
    | 'token-unavailable'
    | 'auth-rejected'
    | 'interrupted'
  >;
  readonly detail?: string;
  /** Of an answer whose body could not be read, though its status wants one. */
  readonly head?: Pick<StatusResponse, 'status' | 'headers'>;
  /** A wait that somebody other than the provider asked for (a token endpoint's Retry-After), in ms. */
  readonly retryAfterMs?: number;
}
