import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type DocumentOutcome, openRemoteDocument } from '@bulkwatch/egress';
import { eventually, manualClock } from '@bulkwatch/testkit';
import { afterEach, describe, expect, it } from 'vitest';
import { tokenAuthenticator } from '../src/auth/authenticate-token.js';
import { createIssuerKeys } from '../src/auth/issuer-keys.js';
import { audience, issuer, tokenIssuer } from './token-issuer.js';

const minute = 60_000;
const hour = 60 * minute;

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

/** An issuer that serves its keys over HTTP, until the test says what it does instead. */
async function setup() {
  const first = await tokenIssuer('k1');
  const second = await tokenIssuer('k2');
  let answer = keysOf(first.jwks);
  let requestCount = 0;
  const server = createServer((request, response) => {
    requestCount += 1;
    answer(request, response);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  const goAway = async (): Promise<void> => {
    server.closeAllConnections();
    await new Promise((resolve) => {
      server.close(resolve);
    });
  };
  const document = openRemoteDocument({
    url: `http://127.0.0.1:${port}/keys`,
    accept: 'application/json',
    timeoutMs: 500,
    bodyMaxBytes: 100_000,
    trustIn: () => 'private',
  });
  closers.push(goAway, document.close);

  const clock = manualClock();
  const fetches: DocumentOutcome[] = [];
  const find = createIssuerKeys({
    fetchKeys: document.fetch,
    clock,
    onFetch: (outcome) => fetches.push(outcome),
  });
  const algorithms = ['ES256'];
  const rules = { issuer, audience, algorithms, tenantClaim: 'tenant', scopeClaim: 'scope' };
  const authenticate = tokenAuthenticator(rules, find);

  return {
    clock,
    first,
    second,
    goAway,
    answerWith: (listener: RequestListener) => {
      answer = listener;
    },
    requestCount: () => requestCount,
    /** What came of the requests for keys. */
    fetched: () => fetches.map((outcome) => ('detail' in outcome ? outcome.detail : outcome.kind)),
    /** What a caller with this token gets: `known`, or the reason of the refusal. */
    async callWith(token: string): Promise<string> {
      const authentication = await authenticate(token);
      return authentication.kind === 'known' ? 'known' : authentication.reason;
    },
  };
}

const keysOf =
  (jwks: string): RequestListener =>
  (_request, response) =>
    response.end(jwks);

const outages: [what: string, listener: RequestListener, detail: string][] = [
  ['answers 500', (_request, response) => response.writeHead(500).end(), 'http-500'],
  ['answers garbage', (_request, response) => response.end('<html>'), 'not-json'],
  [
    'answers JSON that is no key set',
    (_request, response) => response.end('{"keys":{}}'),
    'no-key-set',
  ],
  [
    'redirects',
    (_request, response) => response.writeHead(302, { location: '/elsewhere' }).end(),
    'http-302',
  ],
  ['says nothing', () => undefined, 'timed-out'],
];

describe('the keys of an issuer', () => {
  it('are fetched once for all who come at the same time, and again after ten minutes', async () => {
    const { clock, first, callWith, requestCount } = await setup();
    const token = await first.token();

    const answers = await Promise.all([callWith(token), callWith(token), callWith(token)]);
    expect(answers).toEqual(['known', 'known', 'known']);
    await clock.advance(10 * minute - 1);
    expect(await callWith(token)).toBe('known');
    expect(requestCount()).toBe(1);
    await clock.advance(1);
    expect(await callWith(token)).toBe('known');

    expect(requestCount()).toBe(2);
  });

  it('that are new are found at once, and those that are withdrawn die within ten minutes', async () => {
    const { clock, first, second, answerWith, callWith } = await setup();
    expect(await callWith(await first.token())).toBe('known');
    answerWith(keysOf(second.jwks));
    await clock.advance(5_000);

    expect(await callWith(await second.token())).toBe('known');
    expect(await callWith(await first.token())).toBe('authentication-invalid');
  });

  it('are not asked for again and again for a key id that nobody knows', async () => {
    const { clock, first, second, callWith, requestCount } = await setup();
    const strange = await second.token();
    await callWith(await first.token());

    for (let n = 0; n < 3; n += 1) expect(await callWith(strange)).toBe('authentication-invalid');
    expect(requestCount()).toBe(1);
    await clock.advance(5_000);
    for (let n = 0; n < 3; n += 1) expect(await callWith(strange)).toBe('authentication-invalid');

    expect(requestCount()).toBe(2);
  });

  it('are none where the issuer has withdrawn them all', async () => {
    const { clock, first, answerWith, callWith } = await setup();
    await callWith(await first.token());
    answerWith(keysOf('{"keys":[]}'));
    await clock.advance(10 * minute);

    expect(await callWith(await first.token())).toBe('authentication-invalid');
  });
});

describe.each(outages)('an issuer that %s', (_what, listener, detail) => {
  it('leaves its last keys in force for a day, and no longer', async () => {
    const { clock, first, answerWith, callWith, fetched } = await setup();
    const token = await first.token();
    await callWith(token);
    answerWith(listener);

    await clock.advance(10 * minute);
    expect(await callWith(token)).toBe('known');
    await clock.advance(24 * hour - 10 * minute - 1);
    expect(await callWith(token)).toBe('known');
    await eventually(() => expect(fetched()).toEqual(['fetched', detail, detail]));
    await clock.advance(5_000);

    expect(await callWith(token)).toBe('issuer-unavailable');
  });

  it('is not asked at every call, with keys and without', async () => {
    const { clock, first, answerWith, callWith, fetched } = await setup();
    const token = await first.token();
    answerWith(listener);

    for (let n = 0; n < 3; n += 1) expect(await callWith(token)).toBe('issuer-unavailable');
    expect(fetched()).toEqual([detail]);
    answerWith(keysOf(first.jwks));
    await clock.advance(5_000);
    expect(await callWith(token)).toBe('known');
    answerWith(listener);
    await clock.advance(10 * minute);
    for (let n = 0; n < 3; n += 1) expect(await callWith(token)).toBe('known');

    expect(fetched()).toEqual([detail, 'fetched', detail]);
  });
});

describe('an issuer that is gone', () => {
  it('leaves its last keys in force, and says nothing of keys that are new', async () => {
    const { clock, first, second, goAway, callWith, fetched } = await setup();
    await callWith(await first.token());
    await goAway();
    await clock.advance(5_000);

    expect(await callWith(await second.token())).toBe('issuer-unavailable');
    expect(await callWith(await first.token())).toBe('known');
    expect(fetched()).toEqual(['fetched', 'connection-failed: ECONNREFUSED']);
  });

  it('keeps nobody waiting who has a key that is known, once it is known to hang', async () => {
    const { clock, first, answerWith, callWith, fetched } = await setup();
    const token = await first.token();
    await callWith(token);
    answerWith(() => undefined);
    await clock.advance(10 * minute);
    await callWith(token);
    await clock.advance(5_000);

    const startedAt = performance.now();
    expect(await callWith(token)).toBe('known');
    expect(performance.now() - startedAt).toBeLessThan(250);
    await eventually(() => expect(fetched()).toHaveLength(3));
  });

  it('is believed again when it is back', async () => {
    const { clock, first, second, answerWith, callWith } = await setup();
    await callWith(await first.token());
    answerWith((_request, response) => response.writeHead(503).end());
    await clock.advance(10 * minute);
    await callWith(await first.token());
    answerWith(keysOf(second.jwks));
    await clock.advance(5_000);

    expect(await callWith(await second.token())).toBe('known');
    expect(await callWith(await first.token())).toBe('authentication-invalid');
  });
});
