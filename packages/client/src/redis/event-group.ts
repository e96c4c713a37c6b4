import { isRefusal, type Session } from './redis-connection.js';

/** An entry of the stream that was given to us. */
export interface Entry {
  readonly id: string;
  /** The event; undefined where the entry is none of Bulkwatch's. */
  readonly json: string | undefined;
  /** How often it has been given to a member of the group, this time included. */
  readonly deliveryCount: number;
}

/** An entry that was given to a member and is not acknowledged. */
export interface PendingEntry {
  readonly id: string;
  readonly deliveryCount: number;
}

/** Why an event was put aside. */
export type DeadLetterReason = 'handler-failed' | 'not-acknowledged' | 'event-unreadable';

/** Which group of which stream, and who we are in it. */
export interface Membership {
  readonly stream: string;
  readonly group: string;
  /** A consumer, in Redis's words. */
  readonly member: string;
  readonly deadLetterStream: string;
}

export type EventGroup = ReturnType<typeof eventGroup>;

/** How many dead letters are kept at least. */
const deadLettersKept = 10_000;
const errorTextMax = 1_000;

/** The commands on a consumer group, and what Redis answers to them. */
export function eventGroup(
  { stream, group, member, deadLetterStream }: Membership,
  { command, hold }: Session,
) {
  return {
    /** Makes the group, from that id on, unless it is there. Whoever may not make one relies on the operator. */
    async ensure(startId: string): Promise<void> {
      try {
        await command('XGROUP', 'CREATE', stream, group, startId, 'MKSTREAM');
      } catch (error) {
        if (!isRefusal(error, 'BUSYGROUP', 'NOPERM')) throw error;
      }
    },
    /** What no member has been given yet; Redis waits for it. */
    async readNew(count: number, waitMs: number): Promise<Entry[]> {
      const reader = ['GROUP', group, member, 'COUNT', count, 'BLOCK', waitMs] as const;
      const reply = await hold(waitMs, 'XREADGROUP', ...reader, 'STREAMS', stream, '>');
      const [[, entries] = []] = (reply ?? []) as [string, RawEntry[]][];
      return (entries ?? []).map((entry) => readEntry(entry, 1));
    },
    /** What we were given before, the oldest first. */
    async ownPending(count: number): Promise<PendingEntry[]> {
      return readPending(await command('XPENDING', stream, group, '-', '+', count, member));
    },
    /** What any member was given and nobody has renewed for that long. */
    async idlePending(idleMs: number, count: number): Promise<PendingEntry[]> {
      return readPending(await command('XPENDING', stream, group, 'IDLE', idleMs, '-', '+', count));
    },
    /** Takes a pending entry, once more. Undefined where it was acknowledged, renewed or trimmed meanwhile. */
    async claim(pending: PendingEntry, idleMs: number): Promise<Entry | undefined> {
      const reply = await command('XCLAIM', stream, group, member, idleMs, pending.id);
      const [entry] = (reply ?? []) as (RawEntry | null)[];
      // Redis before 7.0 leaves an entry pending that was cut meanwhile: it would be looked at for ever.
      if (entry === null) await command('XACK', stream, group, pending.id);
      return entry ? readEntry(entry, pending.deliveryCount + 1) : undefined;
    },
    /** Says that entries are still being dealt with. */
    async renew(ids: readonly string[]): Promise<void> {
      await command('XCLAIM', stream, group, member, 0, ...ids, 'JUSTID');
    },
    async acknowledge(ids: readonly string[]): Promise<void> {
      await command('XACK', stream, group, ...ids);
    },
    /** Puts an event aside, then acknowledges it: killed in between, it is put aside twice. */
    async putAside(entry: Entry, reason: DeadLetterReason, error?: unknown): Promise<void> {
      const { id, json = '', deliveryCount } = entry;
      const why = ['reason', reason, 'error', textOf(error)] as const;
      const whence = ['entryId', id, 'deliveryCount', deliveryCount] as const;
      const kept = ['MAXLEN', '~', deadLettersKept, '*'] as const;
      await command('XADD', deadLetterStream, ...kept, 'event', json, ...why, ...whence);
      await command('XACK', stream, group, id);
    },
    /** Leaves the group, unless entries of ours are pending, which would go with us. */
    async leave(): Promise<void> {
      const [pending] = readPending(await command('XPENDING', stream, group, '-', '+', 1, member));
      if (!pending) await command('XGROUP', 'DELCONSUMER', stream, group, member);
    },
  };
}

type RawEntry = [id: string, fields: string[] | null];

function readEntry([id, fields]: RawEntry, deliveryCount: number): Entry {
  const at = fields?.findIndex((name, index) => index % 2 === 0 && name === 'event') ?? -1;
  return { id, json: at < 0 ? undefined : fields?.[at + 1], deliveryCount };
}

function readPending(reply: unknown): PendingEntry[] {
  const rows = (reply ?? []) as [
    id: string,
    member: string,
    idleMs: number,
    count: number | string,
  ][];
  return rows.map(([id, , , count]) => ({ id, deliveryCount: Number(count) }));
}

function textOf(error: unknown): string {
  const text =
    error instanceof Error
      ? `${error.name}: ${error.message}`
      : typeof error === 'string'
        ? error
        : '';
  return text.slice(0, errorTextMax);
}
