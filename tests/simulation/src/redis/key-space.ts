import { argumentOf } from './lua-number.js';

/** What a script can hand to a command; a number becomes the text that Redis makes of it. */
export type Argument = string | number | Uint8Array;
/** What is kept: text, or bytes that nobody here looks into. */
export type Value = string | Uint8Array;

export type Entry =
  | { readonly type: 'string'; value: Value }
  | { readonly type: 'hash'; readonly fields: Map<string, Value> }
  | { readonly type: 'zset'; readonly scores: Map<string, number> }
  | { readonly type: 'set'; readonly members: Set<string> }
  | { readonly type: 'list'; readonly items: Value[] }
  | {
      readonly type: 'stream';
      readonly entries: { readonly id: string; readonly fields: readonly Value[] }[];
      /** Of the newest entry that there ever was; ids never fall. */
      lastId: string;
      /** Consumer groups, by the entry from which on they read. */
      readonly groups: Map<string, string>;
    };

type Type = Entry['type'];
type Of<T extends Type> = Extract<Entry, { readonly type: T }>;

const fresh: { readonly [T in Type]: () => Of<T> } = {
  string: () => ({ type: 'string', value: '' }),
  hash: () => ({ type: 'hash', fields: new Map() }),
  zset: () => ({ type: 'zset', scores: new Map() }),
  set: () => ({ type: 'set', members: new Set() }),
  list: () => ({ type: 'list', items: [] }),
  stream: () => ({ type: 'stream', entries: [], lastId: '0-0', groups: new Map() }),
};

export const valueOf = (argument: Argument): Value =>
  typeof argument === 'number' ? argumentOf(argument) : argument;

/** Redis's data and clock in memory: keys by their names, each of one type, and when they expire. */
export class KeySpace {
  readonly #entries = new Map<string, Entry>();
  readonly #expiries = new Map<string, number>();
  /** Epoch ms, whole, as the scripts read it. */
  readonly now: () => number;

  constructor(now: () => number) {
    this.now = now;
  }

  /** The key's entry, if there is one of this type; a wrong type is a programmer's fault. */
  find<T extends Type>(key: string, type: T): Of<T> | undefined {
    this.#expire(key);
    const entry = this.#entries.get(key);
    if (entry && entry.type !== type) throw new Error(`WRONGTYPE ${key} is a ${entry.type}`);
    return entry as Of<T> | undefined;
  }

  /** The key's entry, made now if there is none. */
  open<T extends Type>(key: string, type: T): Of<T> {
    const found = this.find(key, type);
    if (found) return found;
    const made = fresh[type]();
    this.#entries.set(key, made);
    return made;
  }

  /** A hash, set or list that has become empty is no longer there, as in Redis. */
  dropIfEmpty(key: string): void {
    const entry = this.#entries.get(key);
    if (entry && isEmpty(entry)) this.del(key);
  }

  exists(key: string): boolean {
    this.#expire(key);
    return this.#entries.has(key);
  }

  del(key: string): number {
    this.#expire(key);
    this.#expiries.delete(key);
    return this.#entries.delete(key) ? 1 : 0;
  }

  pexpire(key: string, ms: number): number {
    if (!this.exists(key)) return 0;
    this.#expiries.set(key, this.now() + ms);
    return 1;
  }

  persist(key: string): void {
    this.#expiries.delete(key);
  }

  pttl(key: string): number {
    if (!this.exists(key)) return -2;
    const at = this.#expiries.get(key);
    return at === undefined ? -1 : at - this.now();
  }

  keys(): readonly string[] {
    return [...this.#entries.keys()].filter((key) => this.exists(key)).sort();
  }

  /** The entry of a key whatever its type; not to be changed by who asks. */
  entry(key: string): Entry | undefined {
    this.#expire(key);
    return this.#entries.get(key);
  }

  /** Everything as it is now, for a Redis that comes back from an older file. */
  snapshot(): KeySpaceImage {
    return structuredClone({ entries: this.#entries, expiries: this.#expiries });
  }

  restore(image: KeySpaceImage): void {
    const { entries, expiries } = structuredClone(image);
    this.#entries.clear();
    this.#expiries.clear();
    for (const [key, entry] of entries) this.#entries.set(key, entry);
    for (const [key, at] of expiries) this.#expiries.set(key, at);
  }

  #expire(key: string): void {
    const at = this.#expiries.get(key);
    if (at !== undefined && at <= this.now()) {
      this.#expiries.delete(key);
      this.#entries.delete(key);
    }
  }
}

export interface KeySpaceImage {
  readonly entries: ReadonlyMap<string, Entry>;
  readonly expiries: ReadonlyMap<string, number>;
}

function isEmpty(entry: Entry): boolean {
  switch (entry.type) {
    case 'hash':
      return entry.fields.size === 0;
    case 'zset':
      return entry.scores.size === 0;
    case 'set':
      return entry.members.size === 0;
    case 'list':
      return entry.items.length === 0;
    case 'string':
    case 'stream':
      return false;
  }
}
