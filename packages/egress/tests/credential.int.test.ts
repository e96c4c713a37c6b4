import { inspect } from 'node:util';
import { Secret, systemClock } from '@bulkwatch/runtime';
import { describe, expect, test } from 'vitest';
import type { EgressOptions, FetchOutcome } from '../src/index.js';
import type { Handler } from './local-server.js';
import { credentialFor, httpServer, movableClock, openEgress, poll } from './setup.js';

const authorization = { kind: 'credential', name: 'millennium' } as const;

/** Issues `token-1`, `token-2` and so on. */
const issue: Handler = (_request, response, index) => {
  response.writeHead(200, { 'Content-Type': 'application/json' });
  response.end(
    JSON.stringify({ access_token: `token-${index + 1}`, token_type: 'Bearer', expires_in: 570 }),
  );
};

/** A provider, a token endpoint and an egress with a credential for them. */
async function setup(
  options: { token?: Handler; status?: Handler; egress?: Partial<EgressOptions> } = {},
) {
  const tokens = await httpServer(options.token ?? issue);
  const provider = await httpServer(
    options.status ?? ((_request, response) => void response.writeHead(202).end()),
  );
  const outcomes: string[] = [];
  const clock = movableClock();
  const credential = credentialFor([provider.origin], tokens.origin);
  const egress = openEgress({
    origins: [provider.origin],
    held: [credential],
    clock,
    onTokenRequest: (outcome) => outcomes.push(outcome),
    ...options.egress,
  });
  const ask = (): Promise<FetchOutcome> => poll(egress, `${provider.origin}/7`, { authorization });
  return { tokens, provider, outcomes, clock, credential, egress, ask };
}

/** Accepts only the tokens of this list. */
const acceptOnly =
  (accepted: string[], refusal = 401): Handler =>
  (request, response) => {
    const token = request.headers.authorization?.slice('Bearer '.length) ?? '';
    response.writeHead(accepted.includes(token) ? 202 : refusal).end();
  };

describe('a credential', () => {
  test('gets one token for many polls at once', async () => {
    const { tokens, provider, outcomes, ask } = await setup();

    const answers = await Promise.all(Array.from({ length: 50 }, ask));

    expect(answers.every(({ kind }) => kind === 'answered')).toBe(true);
    expect(tokens.requests).toHaveLength(1);
    expect(outcomes).toEqual(['issued']);
    expect(provider.requests).toHaveLength(50);
    expect(new Set(provider.requests.map(({ headers }) => headers.authorization))).toEqual(
      new Set(['Bearer token-1']),
    );
  });

  test('keeps its token to itself, whatever the provider repeats of it', async () => {
    const longToken = 'canary-token-0123456789abcdef';
    const { ask } = await setup({
      token: (_request, response) => {
        response.writeHead(200, { 'Content-Type': 'application/json' });
        response.end(
          JSON.stringify({ access_token: longToken, token_type: 'Bearer', expires_in: 570 }),
        );
      },
      status: ({ headers }, response) => {
        response.writeHead(403, { 'X-Progress': `with ${headers.authorization}` });
        response.end(`You sent ${headers.authorization}.`);
      },
    });

    const outcome = await ask();

    const { response } = outcome as Extract<FetchOutcome, { kind: 'answered' }>;
    expect(response.headers['x-progress']).toBe('with Bearer [secret]');
    expect(Buffer.from(response.body).toString()).toBe('You sent Bearer [secret].');
  });

  test('asks for its token as RFC 6749 section 4.4 says', async () => {
    const { tokens, ask } = await setup();

    await ask();

    const [request] = tokens.requests;
    expect(request).toMatchObject({
      method: 'POST',
      path: '/token',
      headers: {
        accept: 'application/json',
        'content-type': 'application/x-www-form-urlencoded;charset=UTF-8',
        'accept-encoding': 'identity',
      },
    });
    expect([...new URLSearchParams(request?.body)]).toEqual([
      ['scope', 'system/*.read'],
      ['grant_type', 'client_credentials'],
    ]);
    const basic = request?.headers.authorization?.replace('Basic ', '') ?? '';
    // Both parts are form-encoded before they are joined (section 2.3.1).
    expect(Buffer.from(basic, 'base64').toString()).toBe('client+one:s3cr%3At%2F%2B%C3%BC');
  });

  test('renews its token ahead of expiry', async () => {
    const { tokens, clock, ask } = await setup();

    await ask();
    clock.advance((570 - 31) * 1_000);
    await ask();
    const before = tokens.requests.length;
    clock.advance(2_000);
    await ask();

    expect(before).toBe(1);
    expect(tokens.requests).toHaveLength(2);
  });

  test('that is unknown sends nothing', async () => {
    const { tokens, provider, egress } = await setup();

    const outcome = await poll(egress, provider.origin, {
      authorization: { kind: 'credential', name: 'other' },
    });

    expect(outcome).toMatchObject({ kind: 'failed', failure: { reason: 'credential-missing' } });
    expect(tokens.requests).toHaveLength(0);
    expect(provider.requests).toHaveLength(0);
  });

  test('is sent to no other origin, though the policy allows that origin', async () => {
    const other = await httpServer((_request, response) => void response.end());
    const tokens = await httpServer(issue);
    const egress = openEgress({
      origins: [other.origin],
      held: [credentialFor(['https://ehr.example'], tokens.origin)],
    });

    const outcome = await poll(egress, other.origin, { authorization });

    expect(outcome).toMatchObject({
      kind: 'failed',
      failure: {
        reason: 'provider-not-allowed',
        detail: 'the credential is not for this origin',
      },
    });
    expect(other.connectionCount()).toBe(0);
    expect(tokens.connectionCount()).toBe(0);
  });
});

describe('a token that the provider refuses', () => {
  test.each([401, 403])('with %d is replaced, and the poll sent once more', async (refusal) => {
    const { tokens, provider, ask } = await setup({ status: acceptOnly(['token-2'], refusal) });

    expect(await ask()).toMatchObject({ kind: 'answered', response: { status: 202 } });
    expect(await ask()).toMatchObject({ kind: 'answered', response: { status: 202 } });

    expect(tokens.requests).toHaveLength(2);
    expect(provider.requests.map(({ headers }) => headers.authorization)).toEqual([
      'Bearer token-1',
      'Bearer token-2',
      'Bearer token-2',
    ]);
  });

  test('is replaced once, however many polls were refused with it', async () => {
    const { tokens, ask } = await setup({ status: acceptOnly(['token-2']) });

    const answers = await Promise.all(Array.from({ length: 30 }, ask));

    expect(answers.map((answer) => answer.kind === 'answered' && answer.response.status)).toEqual(
      Array.from({ length: 30 }, () => 202),
    );
    expect(tokens.requests).toHaveLength(2);
  });

  test.each([401, 403])(
    'with %d twice is the answer, and the token endpoint is then left alone for a while',
    async (status) => {
      const { tokens, provider, clock, ask } = await setup({ status: acceptOnly([], status) });

      expect(await ask()).toMatchObject({ kind: 'answered', response: { status } });
      expect(provider.requests).toHaveLength(2);
      for (let i = 0; i < 5; i += 1) {
        expect(await ask()).toMatchObject({ kind: 'answered', response: { status } });
      }
      const before = tokens.requests.length;
      clock.advance(6_000);
      await ask();

      expect(before).toBe(2);
      expect(tokens.requests).toHaveLength(3);
    },
  );

  test('leaves the second try no more time than the deadline has', async () => {
    const { ask } = await setup({
      status: async (request, response) => {
        if (request.headers.authorization === 'Bearer token-1') response.writeHead(401).end();
        else await systemClock.sleep(3_000);
        response.end();
      },
      egress: { requestTimeoutMs: 500 },
    });

    const outcome = await ask();

    expect(outcome).toMatchObject({ kind: 'failed', failure: { reason: 'timed-out' } });
    expect(outcome.durationMs).toBeLessThan(2_500);
  });

  test('in an answer that takes all of the time is not replaced, and the answer counts', async () => {
    const { tokens, ask } = await setup({
      status: (_request, response) => {
        response.writeHead(403, { 'Retry-After': '120' }).write('no');
      },
      egress: { requestTimeoutMs: 300 },
    });

    expect(await ask()).toMatchObject({
      kind: 'answered',
      response: { status: 403, headers: { 'retry-after': '120' }, body: Buffer.from('no') },
    });
    expect(tokens.requests).toHaveLength(1);
  });
});

describe('a request that an answer led to', () => {
  /** The provider's own server, another that the policy allows too, and an egress for both. */
  async function twoServers() {
    const { tokens, provider } = await setup();
    const other = await httpServer((_request, response) => void response.writeHead(200).end('{}'));
    const open = (origins: string[]) =>
      openEgress({
        origins: [provider.origin, other.origin],
        held: [credentialFor(origins, tokens.origin)],
      });
    return { tokens, provider, other, open, home: provider.origin };
  }

  test('elsewhere carries no token of a credential that is not for there', async () => {
    const { tokens, other, open, home } = await twoServers();

    const outcome = await poll(open([home]), `${other.origin}/page-2`, { authorization, home });

    expect(outcome).toMatchObject({ kind: 'answered', response: { status: 200 } });
    expect(other.requests[0]?.headers.authorization).toBeUndefined();
    expect(tokens.requests).toHaveLength(0);
  });

  test('elsewhere carries the token where the credential lists that origin', async () => {
    const { other, open, home } = await twoServers();

    await poll(open([home, other.origin]), `${other.origin}/page-2`, { authorization, home });

    expect(other.requests[0]?.headers.authorization).toBe('Bearer token-1');
  });

  test('elsewhere never carries a submitted token', async () => {
    const { provider, other, open, home } = await twoServers();
    const bearer = { kind: 'bearer', token: new Secret('submitted'), origin: home } as const;
    const egress = open([home, other.origin]);

    await poll(egress, `${home}/7`, { authorization: bearer, home });
    await poll(egress, `${other.origin}/page-2`, { authorization: bearer, home });

    expect(provider.requests[0]?.headers.authorization).toBe('Bearer submitted');
    expect(other.requests[0]?.headers.authorization).toBeUndefined();
  });

  test('is not sent where the policy does not allow it', async () => {
    const { open, home } = await twoServers();
    const stranger = await httpServer((_request, response) => void response.end());

    const outcome = await poll(open([home]), stranger.origin, { authorization, home });

    expect(outcome).toMatchObject({ failure: { reason: 'provider-not-allowed' } });
    expect(stranger.connectionCount()).toBe(0);
  });
});

describe('a token endpoint', () => {
  const answerWith =
    (status: number, headers: Record<string, string>, body: string): Handler =>
    (_request, response) =>
      void response.writeHead(status, headers).end(body);
  const json = { 'Content-Type': 'application/json' };
  const noToken = (reason: string) => (detail: string) => ({
    kind: 'failed',
    failure: { reason, detail },
  });
  const refused = noToken('token-refused');
  const unavailable = noToken('token-unavailable');

  test('that refuses us is not asked again at once', async () => {
    const { tokens, provider, outcomes, clock, ask } = await setup({
      token: answerWith(
        401,
        { ...json, 'WWW-Authenticate': 'Basic realm="x"' },
        '{"error":"invalid_client","error_description":"s3cr:t/+ü"}',
      ),
    });

    for (let i = 0; i < 10; i += 1) {
      expect(await ask()).toMatchObject(refused('invalid_client'));
    }
    const before = tokens.requests.length;
    clock.advance(5_100);
    await ask();

    expect(before).toBe(1);
    expect(tokens.requests).toHaveLength(2);
    expect(outcomes).toEqual(['refused', 'refused']);
    expect(provider.requests).toHaveLength(0);
  });

  test('that is busy is left alone as long as it asks', async () => {
    const { tokens, outcomes, clock, ask } = await setup({
      token: answerWith(429, { ...json, 'Retry-After': '90' }, '{}'),
    });

    const first = await ask();
    clock.advance(60_000);
    const second = await ask();

    expect(first).toMatchObject(unavailable('http-429'));
    expect(retryAfterMs(first)).toBeGreaterThan(89_000);
    expect(retryAfterMs(second)).toBeGreaterThan(29_000);
    expect(retryAfterMs(second)).toBeLessThanOrEqual(30_000);
    expect(tokens.requests).toHaveLength(1);
    expect(outcomes).toEqual(['failed']);
  });

  test.each<[string, Handler, string]>([
    ['is broken', answerWith(500, json, '{"error":"no"}'), 'http-500'],
    ['redirects', answerWith(302, { Location: '/elsewhere' }, ''), 'http-302'],
    ['answers with a page', answerWith(200, {}, '<html>'), 'token-response-invalid'],
    ['answers without a token', answerWith(200, json, '{}'), 'token-response-invalid'],
    [
      'issues what no header can carry',
      answerWith(200, json, '{"access_token":"a\\r\\nX: b","token_type":"bearer"}'),
      'token-response-invalid',
    ],
    [
      'issues another type of token',
      answerWith(200, json, '{"access_token":"a","token_type":"dpop"}'),
      'token-response-invalid',
    ],
    ['names an error of its own', answerWith(400, json, '{"error":"s3cr:t/+ü"}'), 'http-400'],
    ['says nothing', answerWith(204, {}, ''), 'http-204'],
    ['says too much', answerWith(200, json, `"${'x'.repeat(100_000)}"`), 'response-too-large'],
    ['hangs up', (_request, response) => void response.socket?.resetAndDestroy(), 'ECONNRESET'],
  ])('that %s leaves the poll unsent', async (_name, token, detail) => {
    const { provider, ask } = await setup({ token });

    const expected = detail === 'http-400' ? refused(detail) : unavailable(detail);
    expect(await ask()).toMatchObject(expected);
    expect(provider.requests).toHaveLength(0);
  });

  test.each([
    ['a number', ',"expires_in":570', 570],
    ['a text', ',"expires_in":"1200"', 1_200],
    ['too large to be believed', ',"expires_in":86400', 3_600],
    ['nothing', ',"expires_in":0', 300],
    ['not there', '', 300],
  ])('may give an expires_in that is %s', async (_name, member, lifeSeconds) => {
    const { tokens, clock, ask } = await setup({
      token: answerWith(200, json, `{"access_token":"a","token_type":"bearer"${member}}`),
    });

    await ask();
    clock.advance((lifeSeconds - 31) * 1_000);
    await ask();
    const before = tokens.requests.length;
    clock.advance(2_000);
    await ask();

    expect([before, tokens.requests.length]).toEqual([1, 2]);
  });

  test('that is too slow for one poll still serves the next', async () => {
    let release = (): void => {};
    const { tokens, provider, egress, ask } = await setup({
      token: async (request, response, index) => {
        await new Promise<void>((resolve) => {
          release = resolve;
        });
        await issue(request, response, index);
      },
    });
    const impatient = poll(egress, provider.origin, {
      authorization,
      signal: AbortSignal.timeout(100),
    });

    expect(await impatient).toMatchObject({ kind: 'failed', failure: { reason: 'interrupted' } });
    const patient = ask();
    release();

    expect(await patient).toMatchObject({ kind: 'answered', response: { status: 202 } });
    expect(tokens.requests).toHaveLength(1);
  });

  test('that never answers ends the poll at its deadline', async () => {
    const { ask } = await setup({ token: () => {}, egress: { requestTimeoutMs: 300 } });

    const outcome = await ask();

    expect(outcome).toMatchObject(unavailable('timed-out'));
    expect(outcome.durationMs).toBeLessThan(2_000);
  });
});

test('no secret shows in any outcome', async () => {
  const echo: Handler = (request, response) => {
    response.writeHead(400, { 'Content-Type': 'application/json' });
    const basic = request.headers.authorization ?? '';
    response.end(JSON.stringify({ error: 'invalid_client', error_description: basic }));
  };
  const { credential, provider, egress, ask } = await setup({ token: echo });
  const token = new Secret('bad\r\ntoken');
  const bearer = { kind: 'bearer', token, origin: provider.origin } as const;

  const outcomes = [await ask(), await poll(egress, provider.origin, { authorization: bearer })];

  const shown =
    inspect([outcomes, credential], { depth: 9 }) + JSON.stringify([outcomes, credential]);
  expect(shown).not.toMatch(/s3cr|czNj|bad|token-\d/);
  expect(outcomes).toMatchObject([{ kind: 'failed' }, { kind: 'failed' }]);
});

function retryAfterMs(outcome: FetchOutcome): number | undefined {
  return outcome.kind === 'failed' ? outcome.failure.retryAfterMs : undefined;
}
