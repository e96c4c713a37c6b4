import type { FetchFailure } from '@bulkwatch/core';

/** No token was had. `refused` stays so until somebody mends it; `failed` may heal by itself. */
export interface NoToken {
  readonly kind: 'refused' | 'failed';
  readonly failure: FetchFailure;
}

/** What the operator and the job learn of it. */
export const noToken = (kind: NoToken['kind'], detail: string, retryAfterMs?: number): NoToken => ({
  kind,
  failure: {
    reason: kind === 'refused' ? 'token-refused' : 'token-unavailable',
    detail,
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  },
});

/** The server's verdict on what was sent, unlike a request that was late, early or one too many. */
export const isRefusal = (status: number): boolean =>
  status >= 400 && status < 500 && ![408, 425, 429].includes(status);

/** An exchange that brought no answer: of the reasons, only the refusal of the guard is for people to mend. */
export function notReached(failure: FetchFailure, prefix = ''): NoToken {
  const { reason, detail = reason } = failure;
  if (reason === 'interrupted') return { kind: 'failed', failure: { reason } };
  const kind = reason === 'provider-not-allowed' ? 'refused' : 'failed';
  return noToken(kind, `${prefix}${detail}`);
}
