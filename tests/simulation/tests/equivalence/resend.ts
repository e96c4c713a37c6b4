import { isDeepStrictEqual } from 'node:util';
import { keys } from '@bulkwatch/store/parts';
import { expect } from 'vitest';
import { type Deed, deed, type Model, reach } from './model.js';
import { imageOfSpace, type RedisImage } from './redis-image.js';
import type { TwinBench } from './twin-bench.js';

interface Call {
  readonly command: string;
  readonly at: number;
  readonly run: () => Promise<unknown>;
}

/** A client that is still without a reply after this time has given up. */
const resentWithinMs = 60_000;

const last = new WeakMap<TwinBench, Call>();

/** What was called last, so that it can be called again. To be told of a bench before its first call. */
export function rememberCalls(bench: TwinBench): void {
  const client = bench.twin.redis as unknown as Record<string, (...all: never[]) => unknown>;
  const define = client['defineCommand'] as (command: string, script: object) => void;
  client['defineCommand'] = (command: string, script: object) => {
    define(command, script);
    const call = client[command] as (...parameters: unknown[]) => Promise<unknown>;
    client[command] = (...parameters: unknown[]) => {
      const run = () => call(...parameters);
      last.set(bench, { command, at: bench.twin.now, run });
      return run();
    };
  };
}

const runs = new WeakMap<TwinBench, Model>();

/** To be told before each deed: what another run has called is not called again in this one. */
export function inRun(bench: TwinBench, model: Model): void {
  if (runs.get(bench) !== model) last.delete(bench);
  runs.set(bench, model);
}

/** Scripts of which a second call is no resend of the first: it goes on with the next page, or takes another. */
const goesOn: readonly string[] = ['tend-settled', 'take-request'];
/** Later, a claim that was held may be granted, and one that was given back is due from then on. */
const byTheClock: readonly string[] = ['claim-poll', 'release-claim'];
/** What is said again with them is done, but the version of the record rises. */
const rises: readonly string[] = ['acknowledge', 'amend-acknowledgement'];

/** Sends the last script again, as a client does whose reply was lost: nothing comes of it. */
export const resend = (): Deed =>
  deed('resend', null, {
    async run(model: Model, bench) {
      const call = last.get(bench);
      if (!call || Math.abs(bench.twin.now - call.at) > resentWithinMs) return;
      const name = call.command.replace('bulkwatch:', '');
      const before = imageOfSpace(bench.twin.commands);
      await call.run();
      reach(model, `resend ${name}`);
      const isAnother = byTheClock.includes(name) && bench.twin.now !== call.at;
      if (isAnother || goesOn.includes(name)) return;
      const passed = rises.includes(name) ? ['version'] : [];
      const changed = changedKeys(before, imageOfSpace(bench.twin.commands), passed).filter(
        // A stale answer tells its provider's gate again how long answers take, and that it is up.
        (key) => name !== 'apply-decision' || !key.startsWith(keys.providers),
      );
      expect(changed, `what ${name} did when it was sent again`).toEqual([]);
    },
  });

/** Keys that hold something else now, but for what is in fields of these names. */
function changedKeys(
  before: RedisImage,
  after: RedisImage,
  passed: readonly string[],
): readonly string[] {
  const holds = (image: RedisImage, key: string) =>
    image.get(key)?.holds.filter(([name]) => !passed.includes(name));
  const keys = new Set([...before.keys(), ...after.keys()]);
  return [...keys].filter((key) => !isDeepStrictEqual(holds(before, key), holds(after, key)));
}
