import { manifestSchema, outputFileSchema } from '@bulkwatch/contract';
import type { JsonObject } from './json-object.js';

const fileLists: readonly string[] = ['output', 'deleted', 'error', 'outcome'];

/**
 * As `manifestSchema.safeParse(object).success`, but entry by entry and stopping at the first bad one: the
 * schema alone would describe each of a hostile body's million bad entries, for seconds and gigabytes.
 */
export function fitsManifestSchema(object: JsonObject): boolean {
  return (
    fileLists.every((name) => entriesOf(object[name]).every(isOutputFile)) &&
    manifestSchema.safeParse(withoutEntries(object)).success
  );
}

function isOutputFile(entry: unknown): boolean {
  return outputFileSchema.safeParse(entry).success;
}

/** The members that the schema knows, their lists of files emptied; it passes the others through anyway. */
function withoutEntries(object: JsonObject): JsonObject {
  const emptied = (name: string): unknown =>
    fileLists.includes(name) && Array.isArray(object[name]) ? [] : object[name];
  return Object.fromEntries(Object.keys(manifestSchema.shape).map((name) => [name, emptied(name)]));
}

function entriesOf(list: unknown): readonly unknown[] {
  return Array.isArray(list) ? list : [];
}
