import type { ManifestSummary } from '@bulkwatch/contract';
import { without } from '../../defined.js';
import { isJsonObject, type JsonObject, readJsonObject, usualRoom } from '../bodies/json-object.js';
import type { ReadingRoom } from '../bodies/weigh-json.js';
import { summaryOfManifest } from './read-manifest.js';

/**
 * Makes one manifest of its pages. Every page repeats the members of the first one but for `output`, `deleted`
 * and `link` (Bulk Data Access IG 3.0.0, "Response - Output Manifest"): files are strung together, errors that
 * each page repeats are kept once, and the link is gone. What is no JSON object is left out, and so are the pages
 * beyond what there is room for: all of them are in memory at once.
 */
export function mergePages(
  pages: readonly Uint8Array[],
  within = usualRoom,
): {
  readonly manifest: Uint8Array;
  readonly summary: ManifestSummary;
  readonly leftOut: number;
} {
  const objects: JsonObject[] = [];
  let room: ReadingRoom = within;
  for (const page of pages) {
    const json = readJsonObject(page, room);
    if (json.kind === 'unreadable') continue;
    objects.push(json.object);
    room = {
      values: room.values - json.weight.values,
      heapBytes: room.heapBytes - json.weight.heapBytes,
    };
  }
  const merged: JsonObject = {
    ...without(objects[0] ?? {}, 'link'),
    output: objects.flatMap(({ output }) => entriesOf(output)),
    ...(objects.some(({ deleted }) => deleted !== undefined) && {
      deleted: objects.flatMap(({ deleted }) => entriesOf(deleted)),
    }),
    ...mergedErrors(objects, 'error'),
    ...mergedErrors(objects, 'outcome'),
  };
  const manifest = new TextEncoder().encode(JSON.stringify(merged));
  const summary = summaryOfManifest(merged, manifest.length);
  return { manifest, summary, leftOut: pages.length - objects.length };
}

function mergedErrors(objects: readonly JsonObject[], name: 'error' | 'outcome'): JsonObject {
  if (objects.every((object) => object[name] === undefined)) return {};
  const entries = objects.flatMap((object) => entriesOf(object[name]));
  const once = new Map(entries.map((entry) => [keyOf(entry), entry]));
  return { [name]: [...once.values()] };
}

/** An entry is its file; one that names none is itself. */
function keyOf(entry: unknown): string {
  return isJsonObject(entry) && typeof entry.url === 'string' ? entry.url : JSON.stringify(entry);
}

function entriesOf(list: unknown): readonly unknown[] {
  return Array.isArray(list) ? list : [];
}
