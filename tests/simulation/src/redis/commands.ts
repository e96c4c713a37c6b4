import { type Argument, type KeySpace, type Value, valueOf } from './key-space.js';

/** What a hash field is as text; undefined where Redis would say `false` to a script. */
export type Field = string | undefined;

const text = (value: Value | undefined): Field =>
  value === undefined
    ? undefined
    : typeof value === 'string'
      ? value
      : Buffer.from(value).toString();

/**
 * The commands that the scripts use, by their names in lower case, on a key space. As in Redis: a missing field is
 * `undefined` (a script's `false`), counts are numbers, sorted sets are read by score and then by name.
 */
export class Commands {
  readonly space: KeySpace;

  constructor(space: KeySpace) {
    this.space = space;
  }

  /** Epoch ms, as the scripts make it of TIME. */
  time(): number {
    return this.space.now();
  }

  // Hashes.
  hget(key: string, field: string): Field {
    return text(this.space.find(key, 'hash')?.fields.get(field));
  }

  hmget(key: string, ...fields: readonly string[]): Field[] {
    const found = this.space.find(key, 'hash');
    return fields.map((field) => text(found?.fields.get(field)));
  }

  hset(key: string, ...pairs: readonly Argument[]): number {
    const { fields } = this.space.open(key, 'hash');
    const before = fields.size;
    for (let i = 0; i + 1 < pairs.length; i += 2) {
      fields.set(String(pairs[i]), valueOf(pairs[i + 1] as Argument));
    }
    return fields.size - before;
  }

  hsetnx(key: string, field: string, value: Argument): number {
    const { fields } = this.space.open(key, 'hash');
    if (fields.has(field)) return 0;
    fields.set(field, valueOf(value));
    return 1;
  }

  hdel(key: string, ...names: readonly string[]): number {
    const found = this.space.find(key, 'hash');
    const count = names.filter((name) => found?.fields.delete(name)).length;
    this.space.dropIfEmpty(key);
    return count;
  }

  hexists(key: string, field: string): boolean {
    return this.space.find(key, 'hash')?.fields.has(field) ?? false;
  }

  hincrby(key: string, field: string, by: number): number {
    const { fields } = this.space.open(key, 'hash');
    const value = Number(text(fields.get(field)) ?? 0) + by;
    fields.set(field, String(value));
    return value;
  }

  hlen(key: string): number {
    return this.space.find(key, 'hash')?.fields.size ?? 0;
  }

  hgetall(key: string): Record<string, string> {
    const fields = this.space.find(key, 'hash')?.fields ?? new Map<string, Value>();
    return Object.fromEntries([...fields].map(([name, value]) => [name, text(value) ?? '']));
  }

  // Sorted sets.
  /** Whether the member is new, as 1 or 0; with `xx` only one that is there already gets its score. */
  zadd(
    key: string,
    score: number,
    member: string,
    { xx = false }: { readonly xx?: boolean } = {},
  ): number {
    if (xx && this.zscore(key, member) === undefined) return 0;
    const { scores } = this.space.open(key, 'zset');
    const isNew = !scores.has(member);
    scores.set(member, score);
    return isNew ? 1 : 0;
  }

  zrem(key: string, ...members: readonly string[]): number {
    const found = this.space.find(key, 'zset');
    const count = members.filter((member) => found?.scores.delete(member)).length;
    this.space.dropIfEmpty(key);
    return count;
  }

  zcard(key: string): number {
    return this.space.find(key, 'zset')?.scores.size ?? 0;
  }

  zscore(key: string, member: string): number | undefined {
    return this.space.find(key, 'zset')?.scores.get(member);
  }

  /** Members with their scores, in Redis's order, whose score lies in the range; bounds may be exclusive. */
  zrangebyscore(
    key: string,
    from: { readonly score: number; readonly exclusive?: boolean },
    to: { readonly score: number; readonly exclusive?: boolean },
    limit = Infinity,
  ): (readonly [member: string, score: number])[] {
    const isIn = (score: number) =>
      (from.exclusive ? score > from.score : score >= from.score) &&
      (to.exclusive ? score < to.score : score <= to.score);
    return this.#sorted(key, isIn).slice(0, limit);
  }

  /** By rank, the last one included; negative ranks count from the end. */
  zrange(key: string, start: number, stop: number): (readonly [member: string, score: number])[] {
    return slice(this.#sorted(key), start, stop);
  }

  /** Names of members in the order of their bytes; bounds are `-`, `+`, `[name` or `(name`, as Redis has them. */
  zrangebylex(key: string, from: string, to: string, limit = Infinity): string[] {
    const names = [...(this.space.find(key, 'zset')?.scores.keys() ?? [])].sort();
    return names
      .filter((name) => isWithin(name, from, 'from') && isWithin(name, to, 'to'))
      .slice(0, limit);
  }

  zremrangebyscore(key: string, from: number, to: number): number {
    const members = this.zrangebyscore(key, { score: from }, { score: to });
    return this.zrem(key, ...members.map(([member]) => member));
  }

  /** Those whose score is wanted; few are, so they are picked before they are sorted. */
  #sorted(
    key: string,
    isWanted: (score: number) => boolean = () => true,
  ): (readonly [string, number])[] {
    const picked: (readonly [string, number])[] = [];
    for (const pair of this.space.find(key, 'zset')?.scores ?? []) {
      if (isWanted(pair[1])) picked.push(pair);
    }
    return picked.sort(([a, x], [b, y]) =>
      x === y ? (a < b ? -1 : a > b ? 1 : 0) : x < y ? -1 : 1,
    );
  }

  // Sets.
  sadd(key: string, member: string): number {
    const { members } = this.space.open(key, 'set');
    const isNew = !members.has(member);
    members.add(member);
    return isNew ? 1 : 0;
  }

  srem(key: string, member: string): number {
    const removed = this.space.find(key, 'set')?.members.delete(member) ?? false;
    this.space.dropIfEmpty(key);
    return removed ? 1 : 0;
  }

  smembers(key: string): string[] {
    return [...(this.space.find(key, 'set')?.members ?? [])].sort();
  }

  // Lists.
  lpush(key: string, value: Argument): number {
    return this.space.open(key, 'list').items.unshift(valueOf(value));
  }

  ltrim(key: string, start: number, stop: number): void {
    const items = this.space.find(key, 'list')?.items;
    if (!items) return;
    const kept = slice(items, start, stop);
    items.splice(0, items.length, ...kept);
    this.space.dropIfEmpty(key);
  }

  lrange(key: string, start: number, stop: number): string[] {
    const items = this.space.find(key, 'list')?.items ?? [];
    return slice(items, start, stop).map((item) => text(item) ?? '');
  }

  llen(key: string): number {
    return this.space.find(key, 'list')?.items.length ?? 0;
  }

  // Strings.
  get(key: string): Field {
    return text(this.space.find(key, 'string')?.value);
  }

  /** Whether it was set; with `pxMs` it expires, else it lasts. */
  set(
    key: string,
    value: Argument,
    { nx = false, pxMs }: { readonly nx?: boolean; readonly pxMs?: number } = {},
  ): boolean {
    if (nx && this.space.exists(key)) return false;
    this.space.del(key);
    this.space.open(key, 'string').value = valueOf(value);
    if (pxMs !== undefined) this.space.pexpire(key, pxMs);
    return true;
  }

  // Streams: ids are `<ms>-<n>` of this clock, and rise also where it is set back.
  /** Appends to a stream; what is older than the newest `maxLength` entries may go (`~` is taken exactly). */
  xadd(key: string, maxLength: number, ...fields: readonly Argument[]): string {
    const stream = this.space.open(key, 'stream');
    const { entries } = stream;
    const id = nextStreamId(stream.lastId, this.space.now());
    entries.push({ id, fields: fields.map(valueOf) });
    stream.lastId = id;
    if (entries.length > maxLength) entries.splice(0, entries.length - maxLength);
    return id;
  }

  /** `last-generated-id` of XINFO; that of an empty stream where there is none. */
  lastStreamId(key: string): string {
    return this.space.find(key, 'stream')?.lastId ?? '0-0';
  }

  /** XGROUP CREATE with MKSTREAM; one that is there already stays as it is. */
  createGroup(key: string, group: string, from: string): void {
    const { groups } = this.space.open(key, 'stream');
    if (!groups.has(group)) groups.set(group, from);
  }

  /** Nobody hears it here: the doorbell is best effort, and what is told is in the stream. */
  publish(_channel: string, _message: string): number {
    return 0;
  }

  // Keys.
  exists(key: string): boolean {
    return this.space.exists(key);
  }

  del(...names: readonly string[]): number {
    return names.reduce((count, key) => count + this.space.del(key), 0);
  }

  pexpire(key: string, ms: number): number {
    return this.space.pexpire(key, ms);
  }
}

function isWithin(name: string, bound: string, side: 'from' | 'to'): boolean {
  if (bound === '-' || bound === '+') return (bound === '-') === (side === 'from');
  const edge = bound.slice(1);
  if (name === edge) return bound.startsWith('[');
  return name > edge === (side === 'from');
}

/** From one place to another, the last one included; negative ones count from the end. */
function slice<T>(items: readonly T[], start: number, stop: number): T[] {
  const at = (index: number) => (index < 0 ? items.length + index : index);
  return items.slice(Math.max(0, at(start)), Math.max(0, at(stop) + 1));
}

function nextStreamId(last: string, now: number): string {
  const [ms = 0, sequence = 0] = last.split('-').map(Number);
  return now <= ms ? `${ms}-${sequence + 1}` : `${now}-0`;
}
