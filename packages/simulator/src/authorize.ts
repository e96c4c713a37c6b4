import { type Answer, outcomeAnswer } from './answer.js';
import type { Exchange, Provider } from './provider.js';

/** The refusal of a request without a valid bearer token, or undefined when it may pass. */
export function refuseUnauthorized(
  { tokens, requireToken }: Provider,
  { request }: Exchange,
): Answer | undefined {
  const verdict = requireToken ? tokens.judge(request.headers.authorization) : 'valid';
  if (verdict === 'valid') return undefined;
  const issue =
    verdict === 'expired'
      ? { code: 'expired', text: 'The access token has expired.' }
      : { code: 'login', text: 'A valid access token is required.' };
  const challenge = verdict === 'missing' ? 'Bearer' : 'Bearer error="invalid_token"';
  return outcomeAnswer(401, issue, { 'WWW-Authenticate': challenge });
}
