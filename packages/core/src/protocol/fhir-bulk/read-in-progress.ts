import type { Reason } from '@bulkwatch/contract';
import { defined } from '../../defined.js';
import { readJsonObject } from '../bodies/json-object.js';
import type { ReadingContext } from '../status-protocol.js';
import type { ReadingHints, StatusReading } from '../status-reading.js';
import type { StatusResponse } from '../status-response.js';
import { newEntriesOf } from './new-entries.js';
import { readManifest } from './read-manifest.js';
import { readPage } from './read-page.js';

/**
 * Reads a 202: its headers say how far the export is. The body may list the files that are ready, as a
 * manifest; one that links to the next page will not change any more, so that polling goes on there (Bulk Data
 * Access IG 3.0.0, "Response - In-Progress Status"). Any other body says nothing.
 */
export function readInProgress(
  response: StatusResponse,
  hints: ReadingHints,
  context: ReadingContext,
): StatusReading {
  const ended = hiddenEnd(hints, context);
  if (ended !== undefined) return ended;
  const reading = readManifest(readJsonObject(response.body, context.room));
  if (reading.kind === 'other') return { ...hints, kind: 'in-progress' };
  const page = readPage(reading, { hints, context, exportComplete: false });
  // A link to itself says that the rest will be here.
  if (page.kind === 'page' && page.nextUrl !== page.url) return page;
  const news = newEntriesOf(reading.manifest, context.memory.told);
  return { ...hints, kind: 'in-progress', ...defined({ news }) };
}

/** Servers that stay on 202 when an export has ended tell of it in X-Progress, if at all. */
function hiddenEnd(
  hints: ReadingHints,
  { preset: { progressTexts } }: ReadingContext,
): StatusReading | undefined {
  const { progress } = hints;
  if (progress === undefined) return undefined;
  const says = (texts: readonly string[]) => texts.some((text) => progress.includes(text));
  const end = (reason: Reason): StatusReading => ({
    ...hints,
    kind: 'export-failed',
    reason,
    detail: `X-Progress: ${progress}`,
    confirmations: 1,
  });
  if (says(progressTexts.cancelled)) return end('export-cancelled');
  return says(progressTexts.failed) ? end('export-failed') : undefined;
}
