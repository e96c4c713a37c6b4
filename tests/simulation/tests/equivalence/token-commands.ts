import { Secret } from '@bulkwatch/runtime';
import { keys } from '@bulkwatch/store/parts';
import fc from 'fast-check';
import { expect } from 'vitest';
import { type Deed, deed, type Model, reach } from './model.js';
import { canary, pass } from './movement-commands.js';
import type { TwinBench } from './twin-bench.js';

/** Nonces of turns that were asked for, the newest last; a token's generation is that of its turn. */
const turns = new WeakMap<Model, string[]>();
const turnsOf = (model: Model): string[] => {
  const known = turns.get(model) ?? [];
  turns.set(model, known);
  return known;
};
const turnAt = (model: Model, n: number): string => turnsOf(model).at(-1 - n) ?? 'never-asked';

const slots = {
  oracle: { name: 'oracle', fingerprint: 'f1' },
  epic: { name: 'epic', fingerprint: 'f2' },
} as const;
export type SlotName = keyof typeof slots;

const fieldsOf = ({ twin }: TwinBench, slot: SlotName) =>
  twin.commands.hgetall(keys.token(slots[slot].name));

export interface Turn {
  readonly slot: SlotName;
  readonly lockMs: number;
  /** By what was read before the slot changed last. */
  readonly isLate: boolean;
  /** The last turn again, as if its reply had been lost. */
  readonly again: boolean;
}

/** Reads a slot, and asks for the turn at its token endpoint. */
export const takeTurn = (what: Turn): Deed =>
  deed('takeTurn', what, {
    async run(model, bench, { slot, lockMs, isLate, again }) {
      const content = await bench.tokens.read(slots[slot]);
      const before = fieldsOf(bench, slot);
      reach(model, `read ${content.token ? 'a token' : content.outage ? 'an outage' : 'nothing'}`);
      if (content.token) expect(content.token.secret.reveal()).toContain(canary);
      const nonce = again ? turnAt(model, 0) : `t${(model.nonces += 1)}`;
      if (!again) turnsOf(model).push(nonce);
      const version = isLate ? String(Number(content.version) - 1) : content.version;
      const isMine = await bench.tokens.lock(slots[slot], { nonce, version, lockMs });
      const isHeld = content.lockedForMs > 0 && before['lock'] !== nonce;
      reach(
        model,
        `turn ${isMine ? 'taken' : isHeld ? 'held' : 'changed'}${again ? ' again' : ''}`,
      );
      if (isHeld || (isLate && before['lock'] !== nonce))
        expect(isMine, 'a second turn').toBe(false);
    },
  });

export interface Settling {
  readonly slot: SlotName;
  readonly turn: number;
  readonly kind: 'token' | 'outage' | 'nothing';
  readonly lifeMs: number;
}

/** Ends a turn, maybe one that is somebody else's by now, or over. */
export const settle = (what: Settling): Deed =>
  deed('settle', what, {
    async run(model, bench, { slot, turn, kind, lifeMs }) {
      const nonce = turnAt(model, turn);
      const before = fieldsOf(bench, slot);
      const isDone = await bench.tokens.settle(slots[slot], nonce, resultOf(kind, lifeMs, nonce));
      const after = fieldsOf(bench, slot);
      const isSettled = before['generation'] === nonce || before['outageOf'] === nonce;
      reach(model, `settle ${isSettled ? 'again' : isDone ? kind : 'stale'}`);
      expect(isDone, 'the end of a turn').toBe(isSettled || before['lock'] === nonce);
      if (isSettled || !isDone) expect(after).toEqual(before);
      else expect(after['lock']).toBeUndefined();
    },
  });

const resultOf = (kind: Settling['kind'], lifeMs: number, nonce: string) => {
  const secret = new Secret(`${canary}-${nonce}`);
  if (kind === 'token')
    return { kind, secret, renewInMs: lifeMs / 2, expiresInMs: lifeMs } as const;
  if (kind === 'nothing') return { kind } as const;
  return {
    kind,
    failure: { kind: 'failed', reason: 'token-refused' } as never,
    count: 1,
    endsInMs: lifeMs,
  } as const;
};

export interface Refusing {
  readonly slot: SlotName;
  /** Of the token in force, or of an earlier one. */
  readonly isLate: boolean;
  readonly firstMs: number;
}

const generationOf = (model: Model, bench: TwinBench, slot: SlotName, isLate: boolean) =>
  (isLate ? undefined : fieldsOf(bench, slot)['generation']) ?? turnAt(model, 3);

/** A provider refuses a token. */
export const refuse = (what: Refusing): Deed =>
  deed('refuse', what, {
    async run(model, bench, { slot, isLate, firstMs }) {
      const generation = generationOf(model, bench, slot, isLate);
      const before = fieldsOf(bench, slot);
      const pause = { firstMs, longestMs: 60_000 };
      const result = await bench.tokens.drop(slots[slot], generation, pause);
      reach(model, `refuse ${result}`);
      if (result !== 'dropped') return expect(fieldsOf(bench, slot)).toEqual(before);
      expect(before['generation']).toBe(generation);
      const after = fieldsOf(bench, slot);
      expect(after['token']).toBeUndefined();
      const pausedMs = Number(after['replaceNotBefore']) - bench.twin.now;
      expect(pausedMs, 'the pause').toBeLessThanOrEqual(Math.max(pause.longestMs, firstMs));
    },
  });

/** A provider takes a token. */
export const confirm = (what: Omit<Refusing, 'firstMs'>): Deed =>
  deed('confirm', what, {
    async run(model, bench, { slot, isLate }) {
      const generation = generationOf(model, bench, slot, isLate);
      const isInForce = fieldsOf(bench, slot)['generation'] === generation;
      await bench.tokens.confirm(slots[slot], generation, 10_000);
      reach(model, isInForce ? 'confirmed' : 'confirm stale');
      if (isInForce) expect(fieldsOf(bench, slot)['replacedCount']).toBeUndefined();
    },
  });

const slot = fc.constantFrom<SlotName>('oracle', 'oracle', 'epic');

const day = 86_400_000;

/** What becomes of the access tokens of credentials, by clocks that jump. */
export const tokens: readonly fc.Arbitrary<Deed>[] = [
  fc
    .record({ ms: fc.constantFrom(1, 1_500, 20_000, 600_000, -10_000, -600_000, 2 * day) })
    .map(pass),
  fc
    .record({
      slot,
      lockMs: fc.constantFrom(1, 10_000),
      isLate: fc.constantFrom(false, false, true),
      again: fc.constantFrom(false, false, true),
    })
    .map(takeTurn),
  fc
    .record({
      slot,
      turn: fc.constantFrom(0, 0, 0, 1, 4),
      kind: fc.constantFrom<Settling['kind']>('token', 'token', 'outage', 'nothing'),
      lifeMs: fc.constantFrom(-1, 1_001, 570_000, 12_345.6),
    })
    .map(settle),
  fc
    .record({ slot, isLate: fc.boolean(), firstMs: fc.constantFrom(1_000, 17_000, 2.5) })
    .map(refuse),
  fc.record({ slot, isLate: fc.constantFrom(false, false, true) }).map(confirm),
];
