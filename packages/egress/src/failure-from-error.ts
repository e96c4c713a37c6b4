import type { FetchFailure } from '@bulkwatch/core';
import { errors } from 'undici';
import { DeadlineError } from './deadline.js';
import { RefusedError } from './guard/refusal.js';

/**
 * What an error of undici, of Node's sockets or of OpenSSL means for a poll. It is told by class
 * and code, never by text, and only the code goes into `detail`: messages hold addresses and URLs.
 */
export function failureFromError(error: unknown): FetchFailure {
  if (error instanceof DeadlineError) return { reason: error.reason };
  if (error instanceof RefusedError) return error.disguised ? unresolved : notAllowed;
  // undici means to give llhttp's code with it (HPE_*), but leaves it undefined.
  if (error instanceof errors.HTTPParserError) {
    return { reason: 'response-unreadable', detail: codeOf(error) ?? error.name };
  }
  const code = codeOf(error);
  if (code === undefined) return { reason: 'connection-failed' };
  return { reason: reasonByCode[code] ?? reasonByFamily(code), detail: code };
}

const notAllowed: FetchFailure = { reason: 'provider-not-allowed' };
/** As for a name that nobody has: callers who choose names must not learn which ones there are inside. */
const unresolved: FetchFailure = { reason: 'connection-failed', detail: 'ENOTFOUND' };

const reasonByCode: Readonly<Record<string, FetchFailure['reason']>> = {
  ETIMEDOUT: 'timed-out',
  UND_ERR_CONNECT_TIMEOUT: 'timed-out',
  UND_ERR_HEADERS_TIMEOUT: 'timed-out',
  UND_ERR_BODY_TIMEOUT: 'timed-out',
  UND_ERR_HEADERS_OVERFLOW: 'response-too-large',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'response-unreadable',
  // What llhttp lets through and undici does not expect: a status of 099, a 101 that upgrades to nothing.
  ERR_ASSERTION: 'response-unreadable',
  UND_ERR_CLOSED: 'interrupted',
  UND_ERR_DESTROYED: 'interrupted',
};

/** Errors of Node's TLS and of OpenSSL, and OpenSSL's verdicts on a certificate (X509_V_ERR_*). */
const untrusted = [
  /^ERR_(TLS|SSL)_/,
  /^(CERT|CRL|ERROR_IN|UNABLE_TO|DEPTH_ZERO|SELF_SIGNED|PATH_LENGTH)_/,
  /^(EPROTO|INVALID_CA|INVALID_PURPOSE|HOSTNAME_MISMATCH)$/,
];

function reasonByFamily(code: string): FetchFailure['reason'] {
  if (untrusted.some((family) => family.test(code))) return 'tls-failed';
  // What is left was refused, reset, unresolved or unreachable: there was no conversation.
  return 'connection-failed';
}

function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  const { code } = error;
  return typeof code === 'string' && /^[A-Z0-9_]{1,64}$/.test(code) ? code : undefined;
}
