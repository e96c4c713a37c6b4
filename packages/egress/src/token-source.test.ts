import { Secret } from '@bulkwatch/runtime';
import { describe, expect, test } from 'vitest';
import type { Deadline } from './deadline.js';
import type { TokenReply } from './request-token.js';
import { type AccessToken, createTokenSource, type TokenOutcome } from './token-source.js';

const deadline: Deadline = {
  signal: new AbortController().signal,
  bound: (promise) => promise,
  assertOpen: () => undefined,
};

function setup(...replies: (Partial<TokenReply> | undefined)[]) {
  let nowMs = 1_000;
  let requestCount = 0;
  const source = createTokenSource({
    clock: { monotonicMs: () => nowMs },
    requestToken: async () => {
      const reply = replies[requestCount] ?? issued();
      requestCount += 1;
      return reply as TokenReply;
    },
  });
  return {
    source,
    obtain: () => source.obtain(deadline),
    replace: (token: AccessToken) => source.replace(token, deadline),
    requestCount: () => requestCount,
    advance: (ms: number) => {
      nowMs += ms;
    },
  };
}

const issued = (lifeMs = 600_000): TokenReply => ({
  kind: 'issued',
  secret: new Secret('t'),
  lifeMs,
});
const failed = (retryAfterMs?: number): TokenReply => ({
  kind: 'failed',
  failure: { reason: 'token-unavailable', ...(retryAfterMs !== undefined && { retryAfterMs }) },
});

function tokenOf(outcome: TokenOutcome | undefined): AccessToken {
  if (outcome?.kind !== 'issued') throw new Error('no token was issued');
  return outcome.token;
}

describe('renewal', () => {
  test.each([
    ['30 s before the end of a long life', 600_000, 570_000],
    ['a tenth of a short life before its end', 60_000, 54_000],
  ])('comes %s', async (_name, lifeMs, renewedAfterMs) => {
    const { obtain, advance, requestCount } = setup(issued(lifeMs));

    const first = await obtain();
    advance(renewedAfterMs - 1);
    expect(await obtain()).toEqual(first);
    advance(1);
    await obtain();

    expect(requestCount()).toBe(2);
  });

  test('that fails leaves the old token in force until it expires', async () => {
    const { obtain, advance } = setup(issued(600_000), failed(), failed());

    const first = tokenOf(await obtain());
    advance(575_000);
    expect(tokenOf(await obtain())).toBe(first);
    advance(1_000);
    expect(tokenOf(await obtain())).toBe(first);
    advance(24_000);

    expect(await obtain()).toEqual({ kind: 'failed', failure: { reason: 'token-unavailable' } });
  });
});

describe('an outage', () => {
  test('is waited out in growing pauses, which begin anew after a token', async () => {
    const bad = Array.from({ length: 6 }, () => failed());
    const { obtain, advance, requestCount } = setup(...bad, issued(0), failed(), failed());

    for (const pauseMs of [5_000, 10_000, 20_000, 40_000, 60_000, 60_000]) {
      await obtain();
      const before = requestCount();
      advance(pauseMs - 1);
      await obtain();
      expect(requestCount()).toBe(before);
      advance(1);
    }
    expect(await obtain()).toMatchObject({ kind: 'issued' });
    await obtain();
    advance(5_000);
    await obtain();

    expect(requestCount()).toBe(9);
  });

  test('lasts as long as the endpoint asks, within reason, and says what is left', async () => {
    const { obtain, advance, requestCount } = setup(failed(100_000), failed(1e12));

    expect(await obtain()).toMatchObject({ failure: { retryAfterMs: 100_000 } });
    advance(70_000);
    expect(await obtain()).toMatchObject({ failure: { retryAfterMs: 30_000 } });
    advance(30_000);
    expect(await obtain()).toMatchObject({ failure: { retryAfterMs: 3_600_000 } });
    expect(requestCount()).toBe(2);
  });
});

describe('replacing a refused token', () => {
  test('gives a new one, to all who held the old one', async () => {
    const { obtain, replace, requestCount } = setup();
    const first = tokenOf(await obtain());

    const [second, third] = await Promise.all([replace(first), replace(first)]);
    const fourth = await replace(first);

    expect(tokenOf(second)).not.toBe(first);
    expect(tokenOf(third)).toBe(tokenOf(second));
    expect(tokenOf(fourth)).toBe(tokenOf(second));
    expect(requestCount()).toBe(2);
  });

  test('is held back in growing pauses while every new one is refused', async () => {
    const { obtain, replace, advance, requestCount } = setup();
    let token = tokenOf(await obtain());

    for (const pauseMs of [5_000, 10_000, 20_000, 40_000, 60_000, 60_000]) {
      token = tokenOf(await replace(token));
      advance(pauseMs - 1);
      expect(await replace(token)).toBeUndefined();
      advance(1);
    }

    expect(requestCount()).toBe(7);
  });

  test('is free again once a token was accepted', async () => {
    const { source, obtain, replace } = setup();

    const second = tokenOf(await replace(tokenOf(await obtain())));
    source.confirm(second);

    expect(tokenOf(await replace(second))).not.toBe(second);
  });

  test('is not freed by a token of the past', async () => {
    const { source, obtain, replace } = setup();

    const first = tokenOf(await obtain());
    const second = tokenOf(await replace(first));
    source.confirm(first);

    expect(await replace(second)).toBeUndefined();
  });

  test('never falls back on the refused one', async () => {
    const { obtain, replace } = setup(issued(), failed());

    const outcome = await replace(tokenOf(await obtain()));

    expect(outcome).toMatchObject({ kind: 'failed' });
  });
});
