import type { ExportEvent } from '@bulkwatch/contract';

/**
 * Reads an event. Only what no event can do without is looked for, as events may gain members in later versions; undefined
 * where that is missing. Its type may be one that this version does not know.
 */
export function parseEvent(json: string | undefined): ExportEvent | undefined {
  try {
    const event = JSON.parse(json ?? '') as Partial<ExportEvent> | null;
    const isEvent =
      typeof event?.id === 'string' &&
      typeof event.type === 'string' &&
      typeof event.data === 'object' &&
      event.data !== null;
    return isEvent ? (event as ExportEvent) : undefined;
  } catch {
    return undefined;
  }
}
