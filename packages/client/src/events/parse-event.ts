import type { StreamEvent } from './event-types.js';

/**
 * Reads an event. Only what no event can do without is looked for, as events may gain members in later versions; undefined
 * where that is missing. Its type may be one that this version does not know.
 */
export function parseEvent(json: string | undefined): StreamEvent | undefined {
  try {
    const event = JSON.parse(json ?? '') as Partial<StreamEvent> | null;
    const isEvent =
      typeof event?.id === 'string' &&
      typeof event.type === 'string' &&
      typeof event.data === 'object' &&
      event.data !== null;
    return isEvent ? (event as StreamEvent) : undefined;
  } catch {
    return undefined;
  }
}
