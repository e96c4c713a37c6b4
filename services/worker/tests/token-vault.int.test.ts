import { createMemoryVault, type TokenVault, type TurnResult } from '@bulkwatch/egress';
import { Secret, systemClock } from '@bulkwatch/runtime';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clientOf, openTokenFleet, type TokenFleet } from './token-fleet.js';

/** What every vault must do, of one process or of a fleet. */
let fleet: TokenFleet;
let shared: TokenVault;
beforeAll(async () => {
  fleet = await openTokenFleet();
  const { store } = await fleet.worker(clientOf('https://auth.example/', 'https://ehr.example'));
  if (!store.tokens) throw new Error('there is a key ring');
  shared = store.tokens;
});
afterAll(() => fleet.close());

const pause = { firstMs: 10_000, longestMs: 60_000 };
const token = (text = 't', lifeMs = 60_000): TurnResult => ({
  kind: 'token',
  secret: new Secret(text),
  renewInMs: lifeMs * 0.9,
  expiresInMs: lifeMs,
});
const outage: TurnResult = {
  kind: 'outage',
  failure: { reason: 'token-unavailable', detail: 'http-503', retryAfterMs: 5_000 },
  count: 2,
  endsInMs: 5_000,
};

describe.each([
  ['of one process', () => createMemoryVault(systemClock)],
  ['of a fleet', () => shared],
])('a vault %s', (kind, open) => {
  let serial = 0;
  const setup = () => {
    serial += 1;
    const vault = open();
    const slot = { name: `${kind.replaceAll(' ', '-')}-${serial}`, fingerprint: 'f' };
    const lock = async (nonce: string, lockMs = 10_000) => {
      const { version } = await vault.read(slot);
      return vault.lock(slot, { nonce, version, lockMs });
    };
    const turn = async (nonce: string, result: TurnResult) => {
      expect(await lock(nonce)).toBe(true);
      expect(await vault.settle(slot, nonce, result)).toBe(true);
    };
    return { vault, slot, lock, turn };
  };

  it('knows nothing at first', async () => {
    const { vault, slot } = setup();

    expect(await vault.read(slot)).toEqual({ version: '0', lastRefused: false, lockedForMs: 0 });
    expect(await vault.drop(slot, 'x', pause)).toBe('replaced');
    await vault.confirm(slot, 'x', 0);
  });

  it('gives the turn to one of many', async () => {
    const { vault, slot } = setup();
    const { version } = await vault.read(slot);

    const locked = await Promise.all(
      ['a', 'b', 'c', 'd'].map((nonce) => vault.lock(slot, { nonce, version, lockMs: 5_000 })),
    );

    expect(locked.filter(Boolean)).toHaveLength(1);
    const { lockedForMs } = await vault.read(slot);
    expect(lockedForMs).toBeGreaterThan(4_000);
    expect(lockedForMs).toBeLessThanOrEqual(5_000);
  });

  it('gives no turn on the strength of what was read before another had it', async () => {
    const { vault, slot, turn } = setup();
    const { version } = await vault.read(slot);
    await turn('a', outage);

    expect(await vault.lock(slot, { nonce: 'b', version, lockMs: 5_000 })).toBe(false);
  });

  it('keeps the token of a turn, with what is left of its life', async () => {
    const { vault, slot, turn } = setup();
    await turn('a', outage);
    await turn('b', token('secret'));

    const reading = await vault.read(slot);
    expect(reading.outage).toBeUndefined();
    expect(reading.lockedForMs).toBe(0);
    expect(reading.token?.secret.reveal()).toBe('secret');
    expect(reading.token?.generation).toBe('b');
    expect(reading.token?.expiresInMs).toBeGreaterThan(59_000);
    expect(reading.token?.renewInMs).toBeLessThanOrEqual(54_000);
  });

  it('keeps an outage, and its count when it is over', async () => {
    const { vault, slot, turn } = setup();
    await turn('a', outage);
    const { failure, count, endsInMs } = (await vault.read(slot)).outage ?? {};
    expect({ failure, count }).toEqual({ failure: outage.failure, count: 2 });
    expect(endsInMs).toBeGreaterThan(4_000);

    await turn('b', { ...outage, count: 3, endsInMs: 0 });

    expect((await vault.read(slot)).outage).toMatchObject({ count: 3 });
    expect((await vault.read(slot)).outage?.endsInMs).toBeLessThanOrEqual(0);
  });

  it('takes nothing from a turn that somebody else has taken over', async () => {
    const { vault, slot, lock } = setup();
    expect(await lock('dead', 0)).toBe(true);
    expect(await lock('b')).toBe(true);

    expect(await vault.settle(slot, 'dead', token())).toBe(false);
    expect((await vault.read(slot)).token).toBeUndefined();
    expect(await vault.settle(slot, 'b', token('b'))).toBe(true);
    expect(await vault.settle(slot, 'dead', outage)).toBe(false);
    expect((await vault.read(slot)).token?.secret.reveal()).toBe('b');
  });

  it('gives a turn back that came to nothing', async () => {
    const { vault, slot, turn, lock } = setup();
    await turn('a', { kind: 'nothing' });

    expect(await vault.read(slot)).toMatchObject({ lockedForMs: 0 });
    expect(await lock('b')).toBe(true);
  });

  it('drops a refused token once, and its replacement not before the pause is over', async () => {
    const { vault, slot, turn } = setup();
    await turn('a', token());

    expect(await vault.drop(slot, 'a', pause)).toBe('dropped');
    expect(await vault.drop(slot, 'a', pause)).toBe('replaced');
    expect(await vault.read(slot)).toMatchObject({ lastRefused: true });
    expect((await vault.read(slot)).token).toBeUndefined();
    await turn('b', token());

    expect(await vault.drop(slot, 'b', pause)).toBe('too-soon');
    expect((await vault.read(slot)).token?.generation).toBe('b');
  });

  it('doubles the pause, up to the longest, until a token is confirmed', async () => {
    const { vault, slot, turn } = setup();
    const none = { firstMs: 0, longestMs: 60_000 };
    for (const nonce of ['a', 'b', 'c']) {
      await turn(nonce, token());
      expect(await vault.drop(slot, nonce, none)).toBe('dropped');
    }
    await turn('d', token());
    // The fourth in a row: eight times the first, cut to the longest.
    expect(await vault.drop(slot, 'd', { firstMs: 10_000, longestMs: 50 })).toBe('dropped');
    await turn('e', token());
    expect(await vault.drop(slot, 'e', none)).toBe('too-soon');
    await systemClock.sleep(60);
    expect(await vault.drop(slot, 'e', pause)).toBe('dropped');
    await turn('f', token());

    await vault.confirm(slot, 'e', 0);
    expect(await vault.drop(slot, 'f', pause)).toBe('too-soon');
    await vault.confirm(slot, 'f', 50);

    expect(await vault.read(slot)).toMatchObject({ lastRefused: false });
    expect(await vault.drop(slot, 'f', pause)).toBe('too-soon');
    await systemClock.sleep(60);
    expect(await vault.drop(slot, 'f', pause)).toBe('dropped');
  });

  it('shows one configuration nothing that another has left', async () => {
    const { vault, slot, turn } = setup();
    await turn('a', token());

    const { token: found } = await vault.read({ ...slot, fingerprint: 'other' });

    expect(found).toBeUndefined();
  });
});

describe('a vault of a fleet', () => {
  it('answers a resend alike', async () => {
    const slot = { name: 'resent', fingerprint: 'f' };
    const lock = { nonce: 'a', version: '0', lockMs: 5_000 };

    expect([await shared.lock(slot, lock), await shared.lock(slot, lock)]).toEqual([true, true]);
    expect([
      await shared.settle(slot, 'a', token()),
      await shared.settle(slot, 'a', token()),
    ]).toEqual([true, true]);
    expect((await shared.read(slot)).version).toBe('1');
  });
});
