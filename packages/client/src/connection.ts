/** What the client needs of a `fetch`, so that one of your own is easily written. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

/** Gives the token to send. What it rejects with is what the call rejects with. */
export type TokenProvider = (asked: {
  /** True where the token before was refused. */
  readonly renew: boolean;
  readonly signal: AbortSignal | undefined;
}) => string | Promise<string>;

export interface ClientOptions {
  /** Where the api is, such as `https://bulkwatch.example.org`. A path in it is kept. */
  readonly baseUrl: string | URL;
  /** An API key, as `bulkwatch keys create` printed it. */
  readonly apiKey?: string | undefined;
  /** Gives the token of your identity provider, in place of an API key. Asked for every request, so it had better remember. */
  readonly token?: TokenProvider | undefined;
  /** In place of the global `fetch`. */
  readonly fetch?: Fetch | undefined;
  /** How often a call is sent again; 4 by default, 0 for never. */
  readonly retries?: number | undefined;
  /** How long a call takes at most, with everything that is sent again and the waits in between; 60,000 by default. */
  readonly timeoutMs?: number | undefined;
  /** How long one request of a call takes at most; 15,000 by default. */
  readonly attemptTimeoutMs?: number | undefined;
}

/** The options of a client, read. */
export interface Connection {
  readonly urlOf: (path: string, query?: URLSearchParams) => string;
  readonly authorize: TokenProvider | undefined;
  readonly renewable: boolean;
  readonly fetch: Fetch;
  readonly retries: number;
  readonly timeoutMs: number;
  readonly attemptTimeoutMs: number;
}

/** Reads the options. Throws a TypeError where they cannot be meant so; it quotes none of them. */
export function readOptions(options: ClientOptions): Connection {
  const { apiKey, token, retries = 4, timeoutMs = 60_000, attemptTimeoutMs = 15_000 } = options;
  if (apiKey !== undefined && token !== undefined)
    throw new TypeError('apiKey and token cannot be given together');
  if (apiKey !== undefined) checkSecret(apiKey);
  if (!Number.isInteger(retries) || retries < 0) throw new TypeError('retries must be 0 or more');
  if (!(timeoutMs > 0) || !(attemptTimeoutMs > 0))
    throw new TypeError('timeoutMs and attemptTimeoutMs must be above 0');
  return {
    urlOf: urlsUnder(options.baseUrl),
    authorize: apiKey === undefined ? token : () => apiKey,
    renewable: token !== undefined,
    // Browsers refuse a fetch that is called as a method of anything but the window.
    fetch: options.fetch ?? ((url, init) => globalThis.fetch(url, init)),
    retries,
    timeoutMs,
    attemptTimeoutMs,
  };
}

/** Throws where the text cannot be sent as a bearer token; a runtime's own error would quote it. */
export function checkSecret(secret: unknown): void {
  if (typeof secret !== 'string' || !/^[\x21-\x7e]+$/.test(secret))
    throw new TypeError('the API key or token must be printable ASCII without spaces');
}

function urlsUnder(baseUrl: string | URL): Connection['urlOf'] {
  const base = URL.canParse(String(baseUrl)) ? new URL(String(baseUrl)) : undefined;
  if (!base || !/^https?:$/.test(base.protocol))
    throw new TypeError('baseUrl must be an absolute http(s) URL');
  if (base.username !== '' || base.password !== '' || base.search !== '' || base.hash !== '')
    throw new TypeError('baseUrl must have no user-info, query or fragment');
  const prefix = base.origin + base.pathname.replace(/\/+$/, '');
  return (path, query) => {
    const search = query?.toString() ?? '';
    return `${prefix}${path}${search === '' ? '' : `?${search}`}`;
  };
}
