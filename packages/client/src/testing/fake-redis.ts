import type { RedisConnection } from '../redis/redis-connection.js';
import { createFakeStream, type FakeGroup, type FakeStream, placeAfter } from './fake-stream.js';

/** Redis says no. Named as that of ioredis is. */
class ReplyError extends Error {
  override readonly name = 'ReplyError';
}

/** What `subscribe` and `redisEventStore` need of Redis, in memory. */
export interface FakeRedis {
  readonly connection: RedisConnection;
  stream(name: string): FakeStream;
}

type Command = (...args: string[]) => unknown;

/**
 * The commands on streams that a subscriber sends, answered as Redis does. All connections are to the same memory; only a wait
 * for something new is cut short, so that a test need not wait for a subscriber to stop.
 */
export function createFakeRedis(): FakeRedis {
  const streams = new Map<string, FakeStream>();
  const values = new Map<string, string>();
  const stream = (name: string): FakeStream => {
    const found = streams.get(name) ?? createFakeStream();
    streams.set(name, found);
    return found;
  };
  const commands: Readonly<Record<string, Command>> = {
    XGROUP: (verb, name = '', group = '', id = '') =>
      verb === 'CREATE' ? createGroup(stream(name), group, id) : 0,
    XREADGROUP: (_group, group = '', member = '', ...rest) => {
      const [, count, , blockMs, , name = ''] = rest;
      const reading = { group, member, count: Number(count), blockMs: Number(blockMs) };
      return readNew(stream(name), name, reading);
    },
    XPENDING: (name = '', group = '', ...rest) => pendingOf(stream(name), group, rest),
    XCLAIM: (name = '', group = '', member = '', idleMs = '', ...ids) =>
      claim(stream(name), group, { member, idleMs: Number(idleMs), ids }),
    XACK: (name = '', group = '', ...ids) =>
      ids.filter((id) => groupOf(stream(name), group).pending.delete(id)).length,
    XADD: (name = '', ...args) => stream(name).add(args.slice(args.indexOf('*') + 1)),
    XINFO: (of, name = '') =>
      of === 'GROUPS' ? aboutGroups(stream(name)) : aboutStream(stream(name)),
    EXISTS: (key = '') => (values.has(key) ? 1 : 0),
    SET: (key = '', value = '') => {
      values.set(key, value);
      return 'OK';
    },
  };
  const connection: RedisConnection = {
    async call(name, ...args) {
      const command = commands[name.toUpperCase()];
      if (!command) throw new ReplyError(`ERR the fake of Redis knows no ${name}`);
      return command(...args.map(String));
    },
    duplicate: () => connection,
    disconnect: () => undefined,
    on: () => undefined,
  };
  return { connection, stream };
}

function groupOf({ groups }: FakeStream, name: string): FakeGroup {
  const group = groups.get(name);
  if (!group) throw new ReplyError(`NOGROUP there is no group ${name}`);
  return group;
}

function createGroup(stream: FakeStream, name: string, id: string): 'OK' {
  if (stream.groups.has(name)) throw new ReplyError('BUSYGROUP there is such a group');
  stream.groups.set(name, { given: placeAfter(stream, id), pending: new Map() });
  return 'OK';
}

interface Reading {
  readonly group: string;
  readonly member: string;
  readonly count: number;
  readonly blockMs: number;
}

/** As long as it waits for something new at most. */
const longestBlockMs = 10;

async function readNew(stream: FakeStream, name: string, reading: Reading): Promise<unknown> {
  const group = groupOf(stream, reading.group);
  if (group.given === stream.entries.length)
    await stream.untilAdded(Math.min(reading.blockMs, longestBlockMs));
  const entries = stream.entries.slice(group.given, group.given + reading.count);
  group.given += entries.length;
  for (const { id } of entries)
    group.pending.set(id, { id, member: reading.member, sinceMs: performance.now(), count: 1 });
  return entries.length === 0 ? null : [[name, entries.map(({ id, fields }) => [id, fields])]];
}

/** `[IDLE ms] - + count [member]`. */
function pendingOf(stream: FakeStream, groupName: string, args: readonly string[]): unknown {
  const idleMs = args[0] === 'IDLE' ? Number(args[1]) : 0;
  const [, , count, member] = args[0] === 'IDLE' ? args.slice(2) : args;
  const now = performance.now();
  return [...groupOf(stream, groupName).pending.values()]
    .filter((row) => now - row.sinceMs >= idleMs && (member ?? row.member) === row.member)
    .toSorted((a, b) => Number.parseInt(a.id, 10) - Number.parseInt(b.id, 10))
    .slice(0, Number(count))
    .map((row) => [row.id, row.member, now - row.sinceMs, row.count]);
}

interface Claim {
  readonly member: string;
  readonly idleMs: number;
  readonly ids: readonly string[];
}

function claim(stream: FakeStream, groupName: string, { member, idleMs, ids }: Claim): unknown {
  const justId = ids.at(-1) === 'JUSTID';
  const { pending } = groupOf(stream, groupName);
  const now = performance.now();
  return ids.flatMap((id): unknown[] => {
    const row = pending.get(id);
    const entry = stream.entries.find((one) => one.id === id);
    if (!row || !entry || now - row.sinceMs < idleMs) return [];
    row.member = member;
    row.sinceMs = now;
    if (justId) return [id];
    row.count += 1;
    return [[id, entry.fields]];
  });
}

function aboutStream({ entries }: FakeStream): unknown[] {
  const [first] = entries;
  return namesAndValues({
    length: entries.length,
    'entries-added': entries.length,
    'last-generated-id': entries.at(-1)?.id ?? '0-0',
    'first-entry': first ? [first.id, first.fields] : null,
  });
}

function aboutGroups({ entries, groups }: FakeStream): unknown[] {
  return [...groups].map(([name, { given }]) =>
    namesAndValues({
      name,
      'last-delivered-id': entries[given - 1]?.id ?? '0-0',
      'entries-read': given,
    }),
  );
}

const namesAndValues = (members: Readonly<Record<string, unknown>>): unknown[] =>
  Object.entries(members).flat();
