import { parseJson } from '@bulkwatch/core';
import { withDeadline } from './deadline.js';
import { createExchange, type ExchangeOutcome } from './exchange.js';
import { createGuardedAgent, type GuardedAgentOptions } from './guard/guarded-agent.js';

/** What came of fetching a document. */
export type DocumentOutcome =
  | { readonly kind: 'fetched'; readonly document: unknown }
  /** `detail` is a reason, a code or a status; never a part of the answer. */
  | { readonly kind: 'failed'; readonly detail: string };

/** One JSON document that the operator has named, such as the keys of an issuer. */
export interface RemoteDocument {
  /** Asks for it now. A redirect is not followed: it is a failure like any answer but 200. Never rejects. */
  fetch(): Promise<DocumentOutcome>;
  /** Ends what is in flight, and the connection. */
  close(): Promise<void>;
}

export interface RemoteDocumentOptions
  extends Pick<GuardedAgentOptions, 'trustIn' | 'onRefusal' | 'proxy' | 'lookup'> {
  readonly url: string;
  /** Media types that may come. */
  readonly accept: string;
  /** Total time of a request. */
  readonly timeoutMs: number;
  /** A larger document is a failure. */
  readonly bodyMaxBytes: number;
}

/**
 * Opens a guarded way to one document. Its origin needs no list, since the operator gave the URL; only where
 * `trustIn` says that the origin is private may its name lead inside. The caller closes it.
 */
export function openRemoteDocument(options: RemoteDocumentOptions): RemoteDocument {
  const { accept, timeoutMs, bodyMaxBytes, trustIn, onRefusal, proxy, lookup } = options;
  const url = new URL(options.url);
  const agent = createGuardedAgent({
    connectionsPerOrigin: 1,
    trustIn: (origin) => (trustIn(origin) === 'private' ? 'private' : 'named'),
    onRefusal,
    proxy,
    lookup,
  });
  const exchange = createExchange(agent, { bodyMaxBytes, errorBodyMaxBytes: bodyMaxBytes });
  const request = { method: 'GET', url, headers: { Accept: accept } } as const;
  return {
    fetch: async () =>
      documentOf(await withDeadline({ timeoutMs }, (deadline) => exchange(request, deadline))),
    close: () => agent.destroy(),
  };
}

function documentOf(outcome: ExchangeOutcome): DocumentOutcome {
  if (outcome.kind === 'failed') {
    const { reason, detail } = outcome.failure;
    return failed(detail === undefined ? reason : `${reason}: ${detail}`);
  }
  const { status, body } = outcome.answer;
  if (status !== 200) return failed(`http-${status}`);
  const document = parseJson(new TextDecoder().decode(body));
  return document === undefined ? failed('not-json') : { kind: 'fetched', document };
}

const failed = (detail: string): DocumentOutcome => ({ kind: 'failed', detail });
