import {
  type Complete,
  type CompletePages,
  joinPages,
  protocolOf,
  type ReadingContext,
  readTooCostly,
  type StatusReading,
  type StatusResponse,
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
  joinPages(decision: CompletePages, pages: readonly Uint8Array[]): Promise<Complete>;
  close(): Promise<void>;
}

/** Up to this many bytes are read within a few ms. */
const smallBytes = 256 * 1024;

/** Of the thread's memory. The most costly answer that is read at all takes about half of it. */
const defaultHeapMaxMb = 2_048;

/** Made when it is first needed, and let go of when it has had nothing to do for a while. */
const idleMs = 30_000;

export function createReader({ heapMaxMb = defaultHeapMaxMb } = {}): Reader {
  const threads = new Piscina({
    filename: new URL('../dist/reading-thread.js', import.meta.url).href,
    minThreads: 0,
    maxThreads: 1,
    idleTimeout: idleMs,
    resourceLimits: { maxOldGenerationSizeMb: heapMaxMb },
  });
  const inThread = (task: ReadingTask, bytes: readonly Uint8Array[]): Promise<unknown> =>
    threads.run(task, {
      name: 'carryOut',
      transferList: bytes.map(({ buffer }) => buffer as ArrayBuffer),
    });

  return {
    async readStatus(response, context) {
      const { body, ...head } = response;
      if (body.length <= smallBytes)
        return protocolOf(context.preset).readStatus(response, context);
      const owned = owningItsBuffer(body);
      const task: ReadingTask = { kind: 'read', response: { ...head, body: owned }, context };
      // A thread that ran out of memory is gone; the next answer gets another one.
      return inThread(task, [owned]).catch(() => readTooCostly(head)) as Promise<StatusReading>;
    },
    async joinPages(decision, pages) {
      const all = [...pages, decision.page?.bytes ?? new Uint8Array()];
      if (all.reduce((sum, { length }) => sum + length, 0) <= smallBytes)
        return joinPages(decision, pages);
      return (await inThread({ kind: 'join', decision, pages }, [])) as Complete;
    },
    close: () => threads.destroy(),
  };
}

/** Bytes that share their buffer with others cannot be handed over without taking those along. */
function owningItsBuffer(bytes: Uint8Array): Uint8Array {
  return bytes.byteLength === bytes.buffer.byteLength ? bytes : bytes.slice();
}
