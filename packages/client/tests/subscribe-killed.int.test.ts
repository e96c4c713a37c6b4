import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type Exit, eventually, startProcess } from '@bulkwatch/testkit';
import { expect, it } from 'vitest';
import { eventLog, names } from './event-log.js';

const script = fileURLToPath(new URL('subscriber-process.mjs', import.meta.url));
const seed = Number(process.env['FUZZ_SEED']);

/** Numbers from 0 up to 1, alike for the same seed (mulberry32). */
function diceOf(from: number): () => number {
  let state = from;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

it('members of two groups, killed at any moment, leave out no event, also while Redis is killed', async () => {
  await using log = await eventLog();
  const dice = diceOf(seed);
  const ids = names(300);
  const told = new AbortController();
  const end = new AbortController();
  const ended = once(end.signal, 'abort');
  let kills = 0;

  /** Starts a member again and again, each time killed after another while; once all is told, it lives until the end. */
  const live = async ([group, member]: readonly [string, string]): Promise<Exit> => {
    for (;;) {
      const child = await startProcess({
        command: process.execPath,
        args: [script, log.server.url, group, member],
        readyWhen: /ready/,
      });
      await sleep(dice() * 500);
      if (told.signal.aborted) {
        await ended;
        return child.stop();
      }
      await child.kill();
      kills += 1;
    }
  };
  const groups = [log.group, 'archive'];
  const members = [
    ...['pod-1', 'pod-2', ''].map((member) => [log.group, member] as const),
    ...['pod-1', ''].map((member) => ['archive', member] as const),
  ].map(live);
  for (const [at, id] of ids.entries()) {
    await log.tell(id);
    if (at % 100 === 99 && at < 250) await log.server.restart();
    await sleep(dice() * 20);
  }
  told.abort();
  const effects = await eventually(
    async () => {
      const found = await Promise.all(
        groups.map((group) => log.redis.lrange(`effects:${group}`, 0, -1)),
      );
      for (const done of found) expect(ids.filter((id) => !done.includes(id))).toEqual([]);
      for (const group of groups) expect(await log.pendingCount(group)).toBe(0);
      return found;
    },
    { timeoutMs: 30_000, everyMs: 200 },
  ).finally(() => {
    end.abort();
  });
  const exits = await Promise.all(members);

  expect(kills).toBeGreaterThan(6);
  expect(exits.map(({ code }) => code)).toEqual([0, 0, 0, 0, 0]);
  // Whatever came twice is known by its id.
  for (const done of effects) expect(new Set(done)).toEqual(new Set(ids));
  expect(await log.deadLetters()).toEqual([]);
}, 120_000);
