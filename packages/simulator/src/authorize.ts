import { type Answer, outcomeAnswer } from './answer.js';
import type { CheckedScript } from './export-script.js';
import type { Exchange, Provider } from './provider.js';

/**
 * The refusal of a request without a valid bearer token, or undefined when it may pass.
 *
 * @param wording how the export's script wants it said
 */
export function refuseUnauthorized(
  { tokens, requireToken }: Provider,
  { request }: Exchange,
  wording?: CheckedScript['unauthorized'],
): Answer | undefined {
  const verdict = requireToken ? tokens.judge(request.headers.authorization) : 'valid';
  if (verdict === 'valid') return undefined;
  const status = wording?.status ?? 401;
  const challenge = verdict === 'missing' ? 'Bearer' : 'Bearer error="invalid_token"';
  const headers = status === 401 ? { 'WWW-Authenticate': challenge } : {};
  if (wording?.body !== undefined) return textAnswer(status, wording.body, headers);
  const issue =
    verdict === 'expired'
      ? { code: 'expired', text: 'The access token has expired.' }
      : { code: 'login', text: 'A valid access token is required.' };
  return outcomeAnswer(status, issue, headers);
}

const textAnswer = (status: number, body: string, headers: Record<string, string>): Answer =>
  body === ''
    ? { status, headers }
    : { status, headers: { 'Content-Type': 'text/plain; charset=utf-8', ...headers }, body };
