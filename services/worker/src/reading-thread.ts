import {
  type Complete,
  type CompletePages,
  joinPages,
  protocolOf,
  type ReadingContext,
  type ReadingRoom,
  type StatusReading,
  type StatusResponse,
} from '@bulkwatch/core';

/** What the thread of `reader.ts` is asked to do. */
export type ReadingTask =
  | {
      readonly kind: 'read';
      readonly response: StatusResponse;
      readonly context: ReadingContext;
    }
  | {
      readonly kind: 'join';
      readonly decision: CompletePages;
      readonly pages: readonly Uint8Array[];
      readonly room: ReadingRoom;
    };

/** The thread's entry: the same pure functions, elsewhere. */
export function carryOut(task: ReadingTask): StatusReading | Complete {
  switch (task.kind) {
    case 'read':
      return protocolOf(task.context.preset).readStatus(task.response, task.context);
    case 'join':
      return joinPages(task.decision, task.pages, task.room);
  }
}
