/** An entry of a stream of Redis. */
export interface StreamEntry {
  readonly id: string;
  /** Names and values in turn. */
  readonly fields: readonly string[];
}

/** An entry that a member of a group was given and has not acknowledged. */
export interface PendingRow {
  readonly id: string;
  member: string;
  sinceMs: number;
  count: number;
}

/** A consumer group. */
export interface FakeGroup {
  /** How many entries of the stream it was given. */
  given: number;
  /** By id. */
  readonly pending: Map<string, PendingRow>;
}

/** A stream of Redis in memory. Nothing of it is ever trimmed. */
export interface FakeStream {
  readonly entries: StreamEntry[];
  readonly groups: Map<string, FakeGroup>;
  add(fields: readonly string[]): string;
  /** Resolves when an entry is added, or the time is up. */
  untilAdded(ms: number): Promise<void>;
}

export function createFakeStream(): FakeStream {
  const entries: StreamEntry[] = [];
  const waiting = new Set<() => void>();
  return {
    entries,
    groups: new Map(),
    add(fields) {
      const id = `${entries.length + 1}-0`;
      entries.push({ id, fields });
      for (const wake of waiting) wake();
      return id;
    },
    untilAdded(ms) {
      return new Promise((resolve) => {
        const wake = (): void => {
          clearTimeout(timer);
          waiting.delete(wake);
          resolve();
        };
        const timer = setTimeout(wake, ms);
        waiting.add(wake);
      });
    },
  };
}

/** How many entries stand before what follows this id; `$` is the end. */
export function placeAfter({ entries }: FakeStream, id: string): number {
  return id === '$' ? entries.length : Math.min(entries.length, Number.parseInt(id, 10));
}
