import type { Commands } from '@bulkwatch/simulation';
import type { Redis } from 'ioredis';

/** One key: its type, what it holds as texts in a fixed order, and its time to live in ms (-1 where it lasts). */
export interface KeyImage {
  readonly type: string;
  readonly holds: readonly (readonly [string, string])[];
  readonly ttlMs: number;
}

export type RedisImage = ReadonlyMap<string, KeyImage>;

/** Everything of ours in one reply, since it is asked for after every call. */
const dumpLua = `
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
local all = {}
for _, key in ipairs(redis.call('KEYS', '{bulkwatch}:*')) do
  local type = redis.call('TYPE', key).ok
  local ttl = redis.call('PEXPIRETIME', key)
  if ttl >= 0 then ttl = ttl - now end
  local holds
  if type == 'string' then holds = { 'value', redis.call('GET', key) }
  elseif type == 'hash' then holds = redis.call('HGETALL', key)
  elseif type == 'zset' then holds = redis.call('ZRANGE', key, 0, -1, 'WITHSCORES')
  elseif type == 'set' then
    holds = {}
    for _, member in ipairs(redis.call('SMEMBERS', key)) do
      holds[#holds + 1] = member
      holds[#holds + 1] = ''
    end
  elseif type == 'list' then
    holds = {}
    for place, item in ipairs(redis.call('LRANGE', key, 0, -1)) do
      holds[#holds + 1] = tostring(place)
      holds[#holds + 1] = item
    end
  elseif type == 'stream' then
    holds = {}
    for _, entry in ipairs(redis.call('XRANGE', key, '-', '+')) do
      holds[#holds + 1] = entry[1]
      holds[#holds + 1] = table.concat(entry[2], ' ')
    end
    for _, group in ipairs(redis.call('XINFO', 'GROUPS', key)) do
      holds[#holds + 1] = 'group ' .. group[2]
      for i = 1, #group, 2 do
        if group[i] == 'last-delivered-id' then holds[#holds + 1] = group[i + 1] end
      end
    end
  end
  all[#all + 1] = { key, type, ttl, holds }
end
return all
`;

type Dumped = readonly [key: Buffer, type: Buffer, ttlMs: number, holds: readonly Buffer[]];

/** What a real Redis holds. */
export async function imageOfServer(redis: Redis): Promise<RedisImage> {
  const dumped = (await redis.callBuffer('EVAL', dumpLua, '0')) as readonly Dumped[];
  return new Map(
    dumped.map(([key, type, ttlMs, holds]) => {
      const texts = holds.map((value) => value.toString('latin1'));
      const pairs = texts.flatMap((name, i) =>
        i % 2 === 0 ? [[name, texts[i + 1] ?? ''] as const] : [],
      );
      return [key.toString(), image(type.toString(), pairs, ttlMs)];
    }),
  );
}

/** What a key space holds, in the same words. */
export function imageOfSpace({ space }: Commands): RedisImage {
  const images = space.keys().flatMap((key) => {
    const entry = space.entry(key);
    return entry ? [[key, image(entry.type, pairsOf(entry), space.pttl(key))] as const] : [];
  });
  return new Map(images);
}

function pairsOf(entry: NonNullable<ReturnType<Commands['space']['entry']>>) {
  switch (entry.type) {
    case 'string':
      return [['value', bytes(entry.value)] as const];
    case 'hash':
      return [...entry.fields].map(([name, value]) => [bytes(name), bytes(value)] as const);
    case 'zset':
      return [...entry.scores].map(([member, score]) => [bytes(member), String(score)] as const);
    case 'set':
      return [...entry.members].map((member) => [bytes(member), ''] as const);
    case 'list':
      return entry.items.map((item, place) => [String(place + 1), bytes(item)] as const);
    case 'stream':
      return [
        ...entry.entries.map(({ id, fields }) => [id, fields.map(bytes).join(' ')] as const),
        ...[...entry.groups].map(([name, from]) => [`group ${name}`, from] as const),
      ];
  }
}

const bytes = (value: string | Uint8Array): string =>
  Buffer.from(value as string).toString('latin1');

/** Lists and streams keep their order; of all others it means nothing, or is that of their scores. */
function image(type: string, pairs: readonly (readonly [string, string])[], ttlMs: number) {
  const isOrdered = type === 'list' || type === 'stream';
  const holds = isOrdered ? pairs : pairs.toSorted(([a], [b]) => (a < b ? -1 : 1));
  return { type, holds, ttlMs };
}
