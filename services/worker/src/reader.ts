import {
  type Complete,
  type CompletePages,
  joinPages,
  protocolOf,
  type ReadingContext,
  readTooCostly,
  type StatusReading,
  type StatusResponse,
  usualRoom,
} from '@bulkwatch/core';
import { Piscina } from 'piscina';
import type { ReadingTask } from './reading-thread.js';

/**
 * Understands answers without holding up the others: a small one at once, a large one in a thread of its own,
 * since a manifest of 64 MiB takes seconds to read.
 */
export interface Reader {
  /** Takes the body of a large answer away. */
  readStatus(response: StatusResponse, context: ReadingContext): Promise<StatusReading>;
  /** Waits for its turn however long that takes: what it makes of the pages is final. */
  joinPages(decision: CompletePages, pages: readonly Uint8Array[]): Promise<Complete>;
  /** For how long the thread has had something to do and has ended nothing, in ms; 0 where it has nothing to do. */
  busyForMs(): number;
  /** Rejects what is still being read. */
  close(): Promise<void>;
}

/** Up to this many bytes are read within a few ms. */
const smallBytes = 256 * 1024;

/** Made when it is first needed, and let go of when it has had nothing to do for a while. */
const idleMs = 30_000;

/**
 * The share of the thread's memory that what it reads at once may take: a thread that outgrows its memory within one JSON.parse
 * takes the process with it. The rest is for what its collector has not come to, and for tables that are copied as they grow.
 */
const heapShare = 0.6;
/** What the thread takes with nothing to read. */
const codeMb = 8;

interface ReaderOptions {
  /** Of the thread's memory, in MiB. */
  readonly heapMaxMb?: number;
  /** How long a large answer may take, its turn included: less than a claim leaves room for. */
  readonly timeoutMs?: number;
  /** Large answers that are in hand at once, the one that is being read included: each is held in memory. */
  readonly inHandMax?: number;
  /** Bytes of all of them together; one alone may have more. */
  readonly inHandMaxBytes?: number;
}

type RunOptions = Pick<Parameters<Piscina['run']>[1] & object, 'transferList' | 'signal'>;

export function createReader({
  heapMaxMb = 768,
  timeoutMs = 10_000,
  inHandMax = 8,
  inHandMaxBytes = 128 * 1024 * 1024,
}: ReaderOptions = {}): Reader {
  const threads = new Piscina({
    filename: new URL('../dist/reading-thread.js', import.meta.url).href,
    minThreads: 0,
    maxThreads: 1,
    idleTimeout: idleMs,
    resourceLimits: { maxOldGenerationSizeMb: heapMaxMb },
  });
  // A thread that has died with nothing in hand: there will be another; without a listener the process would end.
  threads.on('error', () => undefined);
  const room = { ...usualRoom, heapBytes: (heapMaxMb - codeMb) * 1024 * 1024 * heapShare };
  let closing = false;
  let inHand = 0;
  let inHandBytes = 0;
  const sinceMs = new Set<{ readonly ms: number }>();
  let endedAtMs = Number.NEGATIVE_INFINITY;

  /** Undefined where the task was given up: too large for the thread, or for the time that it was given. */
  async function inThread(task: ReadingTask, options: RunOptions = {}): Promise<unknown> {
    const since = { ms: performance.now() };
    sinceMs.add(since);
    try {
      const outcome: unknown = await threads.run(task, { name: 'carryOut', ...options });
      endedAtMs = performance.now();
      return outcome;
    } catch (error) {
      if (closing || !isGivenUp(error)) throw error;
      return undefined;
    } finally {
      sinceMs.delete(since);
    }
  }

  /** A large answer can come again: it is given up where it takes too long, or where too many wait before it. */
  async function readInThread(task: ReadingTask, body: Uint8Array): Promise<unknown> {
    const bytes = body.length;
    const isCrowded = inHand > 0 && inHandBytes + bytes > inHandMaxBytes;
    if (inHand >= inHandMax || isCrowded) return undefined;
    inHand += 1;
    inHandBytes += bytes;
    const transferList = [body.buffer as ArrayBuffer];
    return inThread(task, { transferList, signal: AbortSignal.timeout(timeoutMs) }).finally(() => {
      inHand -= 1;
      inHandBytes -= bytes;
    });
  }

  return {
    async readStatus(response, context) {
      const { body, ...head } = response;
      if (body.length <= smallBytes)
        return protocolOf(context.preset).readStatus(response, context);
      const owned = owningItsBuffer(body);
      const task: ReadingTask = {
        kind: 'read',
        response: { ...head, body: owned },
        context: { ...context, room },
      };
      const reading = await readInThread(task, owned);
      return (reading as StatusReading | undefined) ?? readTooCostly(head);
    },
    async joinPages(decision, pages) {
      const all = [...pages, decision.page?.bytes ?? new Uint8Array()];
      if (all.reduce((sum, { length }) => sum + length, 0) <= smallBytes)
        return joinPages(decision, pages);
      const { page, ...first } = firstPageOnly(decision);
      const joined = await inThread({ kind: 'join', decision, pages, room });
      if (joined !== undefined) return joined as Complete;
      return { ...joinPages(first, pages.slice(0, 1)), ...(page && { page }) };
    },
    busyForMs() {
      // In the order in which they came.
      const [oldest] = sinceMs;
      return oldest ? performance.now() - Math.max(oldest.ms, endedAtMs) : 0;
    },
    async close() {
      closing = true;
      await threads.destroy();
    },
  };
}

function isGivenUp(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code } = error as NodeJS.ErrnoException;
  return code === 'ERR_WORKER_OUT_OF_MEMORY' || error.name === 'AbortError';
}

/** Pages that no thread can join are all kept; the job ends with the first of them rather than never. */
const firstPageOnly = (decision: CompletePages): CompletePages => ({
  ...decision,
  reason: 'manifest-incomplete',
  detail: 'too costly to join; the first page only',
});

/** Bytes that share their buffer with others cannot be handed over without taking those along. */
function owningItsBuffer(bytes: Uint8Array): Uint8Array {
  return bytes.byteLength === bytes.buffer.byteLength ? bytes : new Uint8Array(bytes);
}
