import { fetch, type Response } from 'undici';
import type { AccessTokens } from './access-tokens.js';
import type { PlainExport } from './plain-export.js';
import { readRetryAfter } from './read-retry-after.js';

/** What came of a poll. `requestId` is the provider's. */
export type Status =
  | { readonly kind: 'ended'; readonly as: 'completed' | 'failed' }
  | { readonly kind: 'running'; readonly delayMs: number; readonly requestId?: string };

/** Other statuses from 400 to 499 mean that the export is over. */
const passing: ReadonlySet<number> = new Set([401, 403, 408, 425, 429]);
const refused: ReadonlySet<number> = new Set([401, 403]);

/** Asks once, redirects followed. Whatever goes wrong on the way is tried again later. */
export async function askStatus(
  { statusUrl, credential }: PlainExport,
  { tokens, timeoutMs }: { readonly tokens: AccessTokens; readonly timeoutMs: number },
): Promise<Status> {
  try {
    const token = credential === undefined ? undefined : await tokens.get(credential);
    const response = await fetch(statusUrl, {
      headers: {
        Accept: 'application/fhir+json',
        ...(token !== undefined && { Authorization: `Bearer ${token}` }),
      },
      signal: AbortSignal.timeout(timeoutMs),
    });
    const text = await response.text();
    if (refused.has(response.status) && credential !== undefined) tokens.drop(credential);
    return statusOf(response, text);
  } catch {
    return { kind: 'running', delayMs: readRetryAfter(null) };
  }
}

function statusOf({ status, headers }: Response, text: string): Status {
  if (status === 200 && isManifest(text)) return { kind: 'ended', as: 'completed' };
  if (status >= 400 && status < 500 && !passing.has(status)) return { kind: 'ended', as: 'failed' };
  const requestId = headers.get('opc-request-id');
  return {
    kind: 'running',
    delayMs: readRetryAfter(headers.get('retry-after')),
    ...(requestId !== null && { requestId }),
  };
}

function isManifest(text: string): boolean {
  try {
    return Array.isArray((JSON.parse(text) as { output?: unknown } | null)?.output);
  } catch {
    return false;
  }
}
