import type { Reset } from '@bulkwatch/contract';
import type { StreamedEvent } from '@bulkwatch/store';

/** Messages as Server-Sent Events have them (WHATWG HTML, section 9.2): lines, and a blank one at the end. */
const message = (...lines: readonly string[]): Buffer => Buffer.from(`${lines.join('\n')}\n\n`);

/** Breaks of lines in JSON are blanks between its parts: in a string they are escaped. */
const onOneLine = (json: string): string => json.replace(/[\r\n]+/g, ' ');

/** An event. */
export const eventMessage = ({ id, type, json }: StreamedEvent): Buffer =>
  message(`id: ${id}`, `event: ${type}`, `data: ${onOneLine(json)}`);

/** Says that events may have been missed. It has no id: who hangs up now asks for the same again. */
export const resetMessage = (reset: Reset): Buffer =>
  message('event: reset', `data: ${JSON.stringify(reset)}`);

/**
 * Begins a stream: after how long to come again once it ends. With the point where it begins, so that a subscriber who
 * had no event yet goes on from there. Without data it is no event to anybody.
 */
export const openingMessage = (retryMs: number, startId?: string): Buffer =>
  message(`retry: ${retryMs}`, ...(startId === undefined ? [] : [`id: ${startId}`]));

/** A sign of life, which also says up to where nothing was for this subscriber. */
export const heartbeatMessage = (readTo: string): Buffer => message(': heartbeat', `id: ${readTo}`);
