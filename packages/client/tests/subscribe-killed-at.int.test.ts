import { fileURLToPath } from 'node:url';
import { eventually, startProcess } from '@bulkwatch/testkit';
import { describe, expect, it } from 'vitest';
import { eventLog, names, stream } from './event-log.js';

const script = fileURLToPath(new URL('subscriber-process.mjs', import.meta.url));
type Log = Awaited<ReturnType<typeof eventLog>>;

/** Runs a member until it has killed itself at that point. */
async function runTo(point: string, log: Log): Promise<void> {
  const child = await startProcess({
    command: process.execPath,
    args: [script, log.server.url, log.group, 'pod-1', point],
    readyWhen: /ready/,
  });
  const { signal } = await child.exited;
  expect(signal).toBe('SIGKILL');
}

/** Lets others go on: one under the name of the dead member, and one who takes over. Gives what handlers have done in all. */
async function effectsAfter(log: Log, ids: readonly string[]): Promise<readonly string[]> {
  const onEvent = async ({ id }: { readonly id: string }) => {
    if (id === 'poison') throw new Error('always');
    await log.redis.rpush(`effects:${log.group}`, id);
  };
  const rules = { onEvent, deliveriesMax: 3, takeOverMs: 200 };
  log.start({ ...rules, member: 'pod-2' });
  log.start({ ...rules, member: 'pod-1' });
  return eventually(async () => {
    const found = await log.redis.lrange(`effects:${log.group}`, 0, -1);
    expect(new Set(found)).toEqual(new Set(ids));
    expect(await log.pendingCount()).toBe(0);
    return found;
  });
}

describe('a member that is killed', () => {
  it.each([
    ['at the start, before the group is made', 'before:XGROUP', 0],
    ['when the group is made', 'after:XGROUP', 0],
    ['when it has looked for what it had', 'after:XPENDING', 0],
    ['when it was given an event', 'after:XREADGROUP', 0],
    ['in the handler, before its effect', 'before:effect', 0],
    ['in the handler, after its effect', 'after:effect', 1],
    ['after the handler, before it acknowledges', 'before:XACK', 1],
    ['while it acknowledges', 'sent:XACK', 1],
    ['when it has acknowledged', 'after:XACK', 0],
  ])('%s leaves out no event', async (_where, point, twiceAtMost) => {
    await using log = await eventLog();
    const ids = names(6);
    await log.tell(...ids);

    await runTo(point, log);
    const effects = await effectsAfter(log, ids);

    // What was done twice is known by its id, and is no more than what the dead member had in hand.
    expect(effects.length - ids.length).toBeLessThanOrEqual(twiceAtMost);
    expect(await log.deadLetters()).toEqual([]);
  });

  it.each([
    ['before it takes over what a dead one has left', 'before:XCLAIM'],
    ['when it has taken it over', 'after:XCLAIM'],
  ])('%s leaves out no event', async (_where, point) => {
    await using log = await eventLog();
    const ids = names(4);
    await log.redis.xgroup('CREATE', stream, log.group, '0', 'MKSTREAM');
    await log.tell(...ids);
    const dead = ['GROUP', log.group, 'pod-dead', 'COUNT', 4] as const;
    await log.redis.xreadgroup(...dead, 'STREAMS', stream, '>');

    await runTo(point, log);
    const effects = await effectsAfter(log, ids);

    expect(effects).toHaveLength(ids.length);
  });

  it.each([
    ['before it puts an event aside', 'before:XADD', 1],
    ['when it has put it aside, before it acknowledges', 'after:XADD', 2],
  ])('%s loses it not, nor what comes after', async (_where, point, lettersAtMost) => {
    await using log = await eventLog();
    await log.tell('poison', 'good');

    await runTo(point, log);
    await effectsAfter(log, ['good']);

    const letters = await log.deadLetters();
    expect(letters.length).toBeGreaterThan(0);
    expect(letters.length).toBeLessThanOrEqual(lettersAtMost);
    // Whoever reads dead letters tells the same one twice by its place in the stream.
    expect(new Set(letters.map(({ entryId }) => entryId)).size).toBe(1);
  });
});
