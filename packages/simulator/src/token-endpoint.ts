import { type Answer, jsonAnswer } from './answer.js';
import type { Endpoint, Exchange, Provider } from './provider.js';
import { readBody } from './read-body.js';

const maxBytes = 16_384;
const neverStored = { 'Cache-Control': 'no-store', Pragma: 'no-cache' };

/** `client_credentials` over HTTP Basic (RFC 6749 sections 2.3.1, 4.4 and 5). */
export function tokenEndpoint(provider: Provider): Endpoint {
  return async (exchange) => {
    const answer = await grant(provider, exchange);
    return { answer, delivered: () => provider.recorder.tokenRequest(answer.status) };
  };
}

async function grant(provider: Provider, { request }: Exchange): Promise<Answer> {
  const body = await readBody(request, maxBytes);
  if (body.kind === 'too-large') return refusal(413, 'invalid_request');
  const type = request.headers['content-type'] ?? '';
  if (!/^application\/x-www-form-urlencoded\s*(;|$)/i.test(type)) {
    return refusal(400, 'invalid_request');
  }
  if (!isClient(provider.client, request.headers.authorization)) {
    const challenge = { 'WWW-Authenticate': 'Basic realm="simulator"' };
    return refusal(401, 'invalid_client', challenge);
  }
  const form = new URLSearchParams(body.text);
  const grantType = form.get('grant_type');
  if (grantType === null) return refusal(400, 'invalid_request');
  if (grantType !== 'client_credentials') return refusal(400, 'unsupported_grant_type');

  const granted = {
    access_token: provider.tokens.issue(),
    token_type: 'Bearer',
    expires_in: provider.tokens.lifeSeconds,
    scope: form.get('scope') ?? 'system/*.read',
  };
  return jsonAnswer(200, granted, neverStored);
}

/** As Oracle does, the error is explained by `error_uri` and not by `error_description`. */
function refusal(status: number, error: string, headers: Readonly<Record<string, string>> = {}) {
  const page = `https://simulator.invalid/oauth2/errors/${error}`;
  return jsonAnswer(status, { error, error_uri: page }, { ...neverStored, ...headers });
}

function isClient(client: Provider['client'], authorization: string | undefined): boolean {
  const encoded = /^Basic +([\w+/-]+=*)$/i.exec(authorization ?? '')?.[1] ?? '';
  const [, id, secret] = /^([^:]*):(.*)$/s.exec(Buffer.from(encoded, 'base64').toString()) ?? [];
  return formDecoded(id) === client.id && formDecoded(secret) === client.secret;
}

/** Id and secret are form-encoded before they are joined (RFC 6749 section 2.3.1). */
const formDecoded = (text = '') =>
  new URLSearchParams(`value=${text.replaceAll('&', '%26')}`).get('value');
