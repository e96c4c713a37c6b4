import { errors } from 'undici';
import { describe, expect, test } from 'vitest';
import { DeadlineError } from './deadline.js';
import { failureFromError } from './failure-from-error.js';

const withCode = (code: unknown): Error =>
  Object.assign(new Error('connect to https://ehr.example/?token=1'), { code });

describe('an error', () => {
  test.each([
    ['ECONNREFUSED', 'connection-failed'],
    ['ECONNRESET', 'connection-failed'],
    ['EHOSTUNREACH', 'connection-failed'],
    ['ENOTFOUND', 'connection-failed'],
    ['EAI_AGAIN', 'connection-failed'],
    ['UND_ERR_SOCKET', 'connection-failed'],
    ['ETIMEDOUT', 'timed-out'],
    ['UND_ERR_CONNECT_TIMEOUT', 'timed-out'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'tls-failed'],
    ['ERR_SSL_WRONG_VERSION_NUMBER', 'tls-failed'],
    ['EPROTO', 'tls-failed'],
    ['CERT_HAS_EXPIRED', 'tls-failed'],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'tls-failed'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'tls-failed'],
    ['SELF_SIGNED_CERT_IN_CHAIN', 'tls-failed'],
    ['UND_ERR_HEADERS_OVERFLOW', 'response-too-large'],
    ['UND_ERR_RES_CONTENT_LENGTH_MISMATCH', 'response-unreadable'],
    ['ERR_ASSERTION', 'response-unreadable'],
    ['UND_ERR_DESTROYED', 'interrupted'],
    ['UND_ERR_CLOSED', 'interrupted'],
  ])('%s means %s', (code, reason) => {
    expect(failureFromError(withCode(code))).toEqual({ reason, detail: code });
  });

  test('of the parser means an unreadable answer', () => {
    expect(failureFromError(new errors.HTTPParserError('at https://ehr.example/'))).toEqual({
      reason: 'response-unreadable',
      detail: 'HTTPParserError',
    });
  });

  test('of the deadline says itself what it means', () => {
    expect(failureFromError(new DeadlineError('interrupted'))).toEqual({ reason: 'interrupted' });
    expect(failureFromError(new DeadlineError('timed-out'))).toEqual({ reason: 'timed-out' });
  });

  test.each([undefined, 7, 'see https://ehr.example/', 'lower-case'])(
    'with no proper code (%s) shows nothing of itself',
    (code) => {
      expect(failureFromError(withCode(code))).toEqual({ reason: 'connection-failed' });
    },
  );

  test.each([undefined, null, 'https://ehr.example/', {}])(
    'that is none (%s) is taken',
    (value) => {
      expect(failureFromError(value)).toEqual({ reason: 'connection-failed' });
    },
  );
});
