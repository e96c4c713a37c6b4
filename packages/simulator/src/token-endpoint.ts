import type { IncomingMessage } from 'node:http';
import { type Answer, jsonAnswer } from './answer.js';
import { interrupted } from './interlude.js';
import type { Endpoint, Exchange, Provider } from './provider.js';
import { readBody } from './read-body.js';

const maxBytes = 16_384;
const neverStored = { 'Cache-Control': 'no-store', Pragma: 'no-cache' };

/** `client_credentials` (RFC 6749 sections 2.3.1, 4.4 and 5; RFC 7523 section 2.2). */
export function tokenEndpoint(provider: Provider): Endpoint {
  return async (exchange) => {
    const close = provider.recorder.tokenRequest();
    const granted = await grant(provider, exchange);
    const answer = interrupted(provider.interludes.token, () => granted);
    return { answer, delivered: ({ status }) => close(status) };
  };
}

async function grant(provider: Provider, { request }: Exchange): Promise<Answer> {
  const body = await readBody(request, maxBytes);
  if (body.kind === 'too-large') return refusal(413, 'invalid_request');
  const type = request.headers['content-type'] ?? '';
  if (!/^application\/x-www-form-urlencoded\s*(;|$)/i.test(type)) {
    return refusal(400, 'invalid_request');
  }
  const form = new URLSearchParams(body.text);
  if (!(await isClient(provider, request, form))) {
    const challenge = { 'WWW-Authenticate': 'Basic realm="simulator"' };
    return refusal(401, 'invalid_client', challenge);
  }
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

const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

/** By HTTP Basic, by id and secret in the body, or by a signed assertion; by one of them only (section 2.3). */
async function isClient(
  { client, assertions, tokenUrl }: Provider,
  { headers }: IncomingMessage,
  form: URLSearchParams,
): Promise<boolean> {
  const { authorization } = headers;
  const [secret, assertion] = [form.get('client_secret'), form.get('client_assertion')];
  const given = [authorization, secret, assertion].filter((one) => typeof one === 'string');
  if (given.length !== 1) return false;
  if (secret !== null) return form.get('client_id') === client.id && secret === client.secret;
  if (assertion === null) return isBasic(client, authorization);
  return (
    form.get('client_assertion_type') === assertionType &&
    [null, client.id].includes(form.get('client_id')) &&
    assertions.accepts(assertion, tokenUrl())
  );
}

function isBasic(client: Provider['client'], authorization: string | undefined): boolean {
  const encoded = /^Basic +([\w+/-]+=*)$/i.exec(authorization ?? '')?.[1] ?? '';
  const [, id, secret] = /^([^:]*):(.*)$/s.exec(Buffer.from(encoded, 'base64').toString()) ?? [];
  return formDecoded(id) === client.id && formDecoded(secret) === client.secret;
}

/** Id and secret are form-encoded before they are joined (RFC 6749 section 2.3.1). */
const formDecoded = (text = '') =>
  new URLSearchParams(`value=${text.replaceAll('&', '%26')}`).get('value');
