import type { Fetch } from '../connection.js';
import { maskUrl } from '../mask-url.js';
import { readRetryAfter } from '../retry-after.js';
import type { DownloadReason } from './download-fault.js';
import type { OriginPace } from './origin-pace.js';
import { isSigned, type TokenBook } from './token-book.js';

/** What all requests of a download have in common. */
export interface RequestParts {
  readonly fetch: Fetch;
  readonly tokens: TokenBook;
  readonly pace: OriginPace;
  readonly allowHttp: boolean;
  /** Whether to ask for content that is compressed, which cannot be gone on with when it breaks off. */
  readonly compressed: boolean;
}

/** What to ask for. */
export interface FileRequest {
  readonly url: string;
  /** From which byte on, and of what; undefined for all of it. */
  readonly from: { readonly byte: number; readonly validator: string } | undefined;
}

/** `broken`: no file came, or not all of it. */
export interface Broken {
  readonly kind: 'broken';
  readonly reason: DownloadReason;
  readonly says: string;
  readonly status: number | null;
  /** Whether it may go better a little later. */
  readonly passes: boolean;
  readonly retryAfterMs: number;
}

export type FileAnswer = { readonly kind: 'answered'; readonly response: Response } | Broken;

export function broken(
  reason: DownloadReason,
  says: string,
  extras: Partial<Pick<Broken, 'status' | 'passes' | 'retryAfterMs'>> = {},
): Broken {
  return { kind: 'broken', reason, says, status: null, passes: false, retryAfterMs: 0, ...extras };
}

const redirectsMax = 5;
const redirects = new Set([301, 302, 303, 307, 308]);
const passing = new Set([408, 425, 429, 500, 502, 503, 504]);

/**
 * Asks for a file. Redirects are followed, as providers lead to stores of signed URLs by them: the token goes along no further
 * than the origin that was asked. A token that was refused is asked for anew, once.
 * Rejects as `fetch` does.
 *
 * @returns an answer of status 200, 206 or 416, its body unread, or what is wrong
 */
export async function requestFile(
  parts: RequestParts,
  request: FileRequest,
  signal: AbortSignal,
): Promise<FileAnswer> {
  const first = readUrl(request.url, undefined, parts.allowHttp);
  if (!(first instanceof URL)) return first;
  let url = first;
  let atHome = true;
  let renew = false;
  for (let hops = 0; hops <= redirectsMax; ) {
    const pausedMs = parts.pace.leftMs(url.origin);
    if (pausedMs > 0) return asksForTime(url, pausedMs);
    const withToken = atHome && parts.tokens.isFor(url);
    const token = withToken
      ? await parts.tokens.tokenFor(url.origin, { renew, signal })
      : undefined;
    const headers = headersOf(request, token, parts.compressed);
    const response = await parts.fetch(url.href, { headers, redirect: 'manual', signal });
    if ([200, 206, 416].includes(response.status)) return { kind: 'answered', response };

    await response.body?.cancel();
    if (redirects.has(response.status)) {
      const next = readUrl(response.headers.get('location') ?? '', url, parts.allowHttp);
      if (!(next instanceof URL)) return next;
      // Whoever leads back from elsewhere must not choose what is asked for with the token.
      atHome &&= next.origin === first.origin;
      url = next;
      hops += 1;
    } else if (response.status === 401 && withToken && parts.tokens.renewable && !renew) {
      renew = true;
    } else {
      const refused = refusal(url, response, withToken);
      if (refused.retryAfterMs > 0) parts.pace.pause(url.origin, refused.retryAfterMs);
      return refused;
    }
  }
  return broken('url-not-allowed', `${maskUrl(request.url)} redirects too often.`);
}

const asksForTime = (url: URL, retryAfterMs: number): Broken =>
  broken('provider-busy', `${url.origin} asked not to be asked yet.`, {
    passes: true,
    retryAfterMs,
  });

function headersOf(
  { from }: FileRequest,
  token: string | undefined,
  compressed: boolean,
): Record<string, string> {
  return {
    Accept: 'application/fhir+ndjson, application/ndjson, */*;q=0.5',
    'Accept-Encoding': compressed && from === undefined ? 'gzip' : 'identity',
    ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
    ...(from === undefined ? {} : { Range: `bytes=${from.byte}-`, 'If-Range': from.validator }),
  };
}

/** @param base the URL that led there; https does not lead to http */
function readUrl(text: string, base: URL | undefined, allowHttp: boolean): URL | Broken {
  const url = URL.canParse(text, base?.href) ? new URL(text, base) : undefined;
  const says = `${maskUrl(url?.href ?? text)} is not fetched:`;
  if (!url || !/^https?:$/.test(url.protocol))
    return broken('url-not-allowed', `${says} it is no URL of https.`);
  if (url.username !== '' || url.password !== '')
    return broken('url-not-allowed', `${says} it holds user-info.`);
  if (url.protocol === 'http:' && base?.protocol === 'https:')
    return broken('url-not-allowed', `${says} it leads from https to http.`);
  if (url.protocol === 'http:' && !allowHttp)
    return broken(
      'url-not-allowed',
      `${says} it goes over http, in the clear, which dangerouslyAllowHttp would allow.`,
    );
  return url;
}

function refusal(url: URL, { status, headers }: Response, withToken: boolean): Broken {
  const where = maskUrl(url.href);
  const retryAfterMs = readRetryAfter(headers.get('retry-after'), Date.now()) ?? 0;
  if (passing.has(status) || status > 504)
    return broken('provider-busy', `${where} answers ${status}.`, {
      status,
      passes: true,
      retryAfterMs,
    });
  const stale = 'the link is not valid any more: ask for fresh ones (refresh).';
  // Stores of signed URLs say it by 400 or 403.
  if (status === 404 || status === 410 || (isSigned(url) && [400, 401, 403].includes(status)))
    return broken('link-expired', `${where} answers ${status}: ${stale}`, { status });
  if (status !== 401 && status !== 403)
    return broken('request-refused', `${where} answers ${status}.`, { status });
  return withToken
    ? broken('token-refused', `${where} refuses the token (${status}).`, { status })
    : broken(
        'token-missing',
        `${where} wants a token (${status}), and none is for ${url.origin}.`,
        {
          status,
        },
      );
}
