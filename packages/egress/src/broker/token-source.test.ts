import { Secret } from '@bulkwatch/runtime';
import { manualClock } from '@bulkwatch/testkit';
import { describe, expect, test } from 'vitest';
import type { Deadline } from '../deadline.js';
import { createMemoryVault } from './memory-vault.js';
import type { TokenReply } from './request-token.js';
import type { AccessToken } from './token-in-hand.js';
import { createTokenSource, type TokenOutcome } from './token-source.js';
import type { TurnResult } from './token-vault.js';

const deadline: Deadline = {
  signal: new AbortController().signal,
  bound: (promise) => promise,
  assertOpen: () => undefined,
};

const slot = { name: 'a', fingerprint: 'f' };

function setup(...replies: (Partial<TokenReply> | undefined)[]) {
  const clock = manualClock();
  const vault = createMemoryVault(clock);
  let requestCount = 0;
  const openSource = () =>
    createTokenSource({
      slot,
      vault,
      clock,
      lockMs: 12_000,
      closing: new AbortController().signal,
      onProblem: (what, error) => {
        throw new Error(what, { cause: error });
      },
      requestToken: async () => {
        const reply = replies[requestCount] ?? issued();
        requestCount += 1;
        return reply as TokenReply;
      },
    });
  const source = openSource();
  return {
    source,
    openSource,
    vault,
    clock,
    obtain: () => source.obtain(deadline),
    replace: (token: AccessToken) => source.replace(token, deadline),
    requestCount: () => requestCount,
    advance: (ms: number) => clock.advance(ms),
  };
}

const issued = (lifeMs = 600_000): TokenReply => ({
  kind: 'issued',
  secret: new Secret('t'),
  lifeMs,
});
const failed = (retryAfterMs?: number, kind: 'failed' | 'refused' = 'failed'): TokenReply => ({
  kind,
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
    await advance(renewedAfterMs - 1);
    expect(await obtain()).toEqual(first);
    await advance(1);
    await obtain();

    expect(requestCount()).toBe(2);
  });

  test('that fails leaves the old token in force until it expires', async () => {
    const { obtain, advance } = setup(issued(600_000), failed(), failed());

    const first = tokenOf(await obtain());
    await advance(575_000);
    expect(tokenOf(await obtain())).toEqual(first);
    await advance(1_000);
    expect(tokenOf(await obtain())).toEqual(first);
    await advance(24_000);

    expect(await obtain()).toEqual({ kind: 'failed', failure: { reason: 'token-unavailable' } });
  });

  test('by another process is waited for with the old token in hand', async () => {
    const { source, obtain, advance, vault, requestCount } = setup();
    const first = tokenOf(await obtain());
    await advance(575_000);
    const { version } = await vault.read(slot);
    await vault.lock(slot, { nonce: 'theirs', version, lockMs: 12_000 });

    expect(tokenOf(await source.obtain(deadline))).toEqual(first);
    await vault.settle(slot, 'theirs', {
      kind: 'token',
      secret: new Secret('theirs'),
      renewInMs: 540_000,
      expiresInMs: 570_000,
    });

    expect(tokenOf(await obtain()).secret.reveal()).toBe('theirs');
    expect(requestCount()).toBe(1);
  });
});

describe('a process that comes to a token that is due for renewal', () => {
  const almostOver: TurnResult = {
    kind: 'token',
    secret: new Secret('almost over'),
    renewInMs: 0,
    expiresInMs: 20_000,
  };

  test('serves with it while the endpoint is out', async () => {
    const { obtain, vault, requestCount } = setup(failed());
    await vault.lock(slot, { nonce: 'theirs', version: '0', lockMs: 12_000 });
    await vault.settle(slot, 'theirs', almostOver);

    expect(tokenOf(await obtain()).secret.reveal()).toBe('almost over');
    expect(requestCount()).toBe(1);
  });

  test('serves with it while another renews it', async () => {
    const { obtain, vault, requestCount } = setup();
    await vault.lock(slot, { nonce: 'theirs', version: '0', lockMs: 12_000 });
    await vault.settle(slot, 'theirs', almostOver);
    await vault.lock(slot, { nonce: 'next', version: '1', lockMs: 12_000 });

    expect(tokenOf(await obtain()).secret.reveal()).toBe('almost over');
    expect(requestCount()).toBe(0);
  });
});

describe('an outage', () => {
  test.each([
    ['failed', [5_000, 10_000, 20_000, 40_000, 60_000, 60_000]],
    ['refused', [5_000, 10_000, 20_000, 40_000, 80_000, 160_000, 300_000, 300_000]],
  ] as const)(
    'of an endpoint that %s is waited out in growing pauses, which begin anew after a token',
    async (kind, pauses) => {
      const bad = pauses.map(() => failed(undefined, kind));
      const { obtain, advance, requestCount } = setup(...bad, issued(0), failed(), failed());

      for (const pauseMs of pauses) {
        await obtain();
        const before = requestCount();
        await advance(pauseMs - 1);
        await obtain();
        expect(requestCount()).toBe(before);
        await advance(1);
      }
      expect(await obtain()).toMatchObject({ kind: 'issued' });
      await obtain();
      await advance(5_000);
      await obtain();

      expect(requestCount()).toBe(pauses.length + 3);
    },
  );

  test('lasts as long as the endpoint asks, within reason, and says what is left', async () => {
    const { obtain, advance, requestCount } = setup(failed(100_000), failed(1e12));

    expect(await obtain()).toMatchObject({ failure: { retryAfterMs: 100_000 } });
    await advance(70_000);
    expect(await obtain()).toMatchObject({ failure: { retryAfterMs: 30_000 } });
    await advance(30_000);
    expect(await obtain()).toMatchObject({ failure: { retryAfterMs: 3_600_000 } });
    expect(requestCount()).toBe(2);
  });

  test('is one of all processes', async () => {
    const { source, openSource, requestCount } = setup(failed(100_000));

    await source.obtain(deadline);

    expect(await openSource().obtain(deadline)).toMatchObject({
      kind: 'failed',
      failure: { retryAfterMs: 100_000 },
    });
    expect(requestCount()).toBe(1);
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

  test('gives another process the one that was got in its place', async () => {
    const { source, openSource, requestCount } = setup();
    const other = openSource();
    const first = tokenOf(await source.obtain(deadline));
    const same = tokenOf(await other.obtain(deadline));
    expect(same.generation).toBe(first.generation);

    const second = tokenOf(await source.replace(first, deadline));

    expect(tokenOf(await other.replace(same, deadline)).generation).toBe(second.generation);
    expect(requestCount()).toBe(2);
  });

  test('is held back in growing pauses while every new one is refused', async () => {
    const { obtain, replace, advance, requestCount } = setup();
    let token = tokenOf(await obtain());

    for (const pauseMs of [5_000, 10_000, 20_000, 40_000, 60_000, 60_000]) {
      token = tokenOf(await replace(token));
      await advance(pauseMs - 1);
      expect(await replace(token)).toBeUndefined();
      await advance(1);
    }

    expect(requestCount()).toBe(7);
  });

  test('is not to be had for a minute once a token was accepted, whoever is refused with it', async () => {
    const { source, obtain, replace, advance, requestCount } = setup();

    const second = tokenOf(await replace(tokenOf(await obtain())));
    source.confirm(second);
    await advance(59_999);
    expect(await replace(second)).toBeUndefined();
    expect(requestCount()).toBe(2);
    await advance(1);

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

describe('a turn that somebody else has', () => {
  test('is waited for until it is settled', async () => {
    const { source, vault, clock, requestCount } = setup();
    await vault.lock(slot, { nonce: 'theirs', version: '0', lockMs: 12_000 });

    const waiting = source.obtain(deadline);
    await clock.advance(5_000);
    const kept = { secret: new Secret('theirs'), renewInMs: 1_000, expiresInMs: 2_000 };
    await vault.settle(slot, 'theirs', { kind: 'token', ...kept });
    await clock.advance(200);

    expect(tokenOf(await waiting).secret.reveal()).toBe('theirs');
    expect(requestCount()).toBe(0);
  });

  test('is taken over when its time is up', async () => {
    const { source, vault, clock, requestCount } = setup();
    await vault.lock(slot, { nonce: 'dead', version: '0', lockMs: 12_000 });

    const waiting = source.obtain(deadline);
    await clock.advance(12_200);

    expect(await waiting).toMatchObject({ kind: 'issued' });
    expect(requestCount()).toBe(1);
    const late = { secret: new Secret('late'), renewInMs: 1_000, expiresInMs: 2_000 };
    expect(await vault.settle(slot, 'dead', { kind: 'token', ...late })).toBe(false);
  });
});

test('a vault that cannot serve leaves the held token in force, and is told of', async () => {
  const told: string[] = [];
  const clock = manualClock();
  const vault = createMemoryVault(clock);
  let away = false;
  const source = createTokenSource({
    slot,
    vault: {
      ...vault,
      read: (slot) => (away ? Promise.reject(new Error('away')) : vault.read(slot)),
    },
    clock,
    lockMs: 12_000,
    closing: new AbortController().signal,
    onProblem: (what) => told.push(what),
    requestToken: async () => issued(),
  });
  const first = tokenOf(await source.obtain(deadline));
  away = true;
  await clock.advance(575_000);

  expect(tokenOf(await source.obtain(deadline))).toBe(first);
  await clock.advance(25_000);
  expect(await source.obtain(deadline)).toMatchObject({
    kind: 'failed',
    failure: { reason: 'token-unavailable', detail: 'token-vault' },
  });
  expect(told).toHaveLength(2);
});
