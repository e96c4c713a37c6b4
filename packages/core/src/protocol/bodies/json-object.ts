import { type JsonWeight, type ReadingRoom, tooCostly, weighJson } from './weigh-json.js';

/** A JSON object with members nobody has looked at yet. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** A body read as a JSON object, or why it is none, in words for a detail. */
export type JsonObjectReading =
  | {
      readonly kind: 'object';
      readonly object: JsonObject;
      readonly bytes: Uint8Array;
      readonly weight: JsonWeight;
    }
  | { readonly kind: 'unreadable'; readonly why: string };

/**
 * No manifest has so many members and elements: a million files take three million. As many small
 * values as fit into the largest body would take the parser a minute and gigabytes.
 */
const manifestValuesMax = 5_000_000;

/** Enough for a manifest of 64 MiB, whose files may be a million. */
export const usualRoom: ReadingRoom = { values: manifestValuesMax, heapBytes: 448 * 1024 * 1024 };

/**
 * Reads a body as a JSON object by its content, since servers and gateways mislabel theirs. Never throws: it is
 * weighed before any parser sees it, and bytes that are not UTF-8 are refused instead of being quietly replaced. `bytes`
 * is the body less a byte order mark, which JSON must not have (RFC 8259 section 8.1) and which some servers send.
 */
export function readJsonObject(body: Uint8Array, room = usualRoom): JsonObjectReading {
  const bytes = withoutByteOrderMark(body);
  if (bytes.length === 0) return { kind: 'unreadable', why: 'an empty body' };
  const weight = weighJson(bytes, room);
  if (typeof weight === 'string') return { kind: 'unreadable', why: weight };
  const value = parse(bytes);
  if (value === undefined) return { kind: 'unreadable', why: 'no JSON' };
  if (!isJsonObject(value)) return { kind: 'unreadable', why: 'JSON, but no object' };
  return { kind: 'object', object: value, bytes, weight };
}

/** Whether it was not read for what that would have taken, whatever it is. */
export function isTooCostly(json: JsonObjectReading): boolean {
  return json.kind === 'unreadable' && json.why === tooCostly;
}

/** True for what JSON calls an object: neither an array nor null. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function withoutByteOrderMark(body: Uint8Array): Uint8Array {
  return body[0] === 0xef && body[1] === 0xbb && body[2] === 0xbf ? body.subarray(3) : body;
}

/** The JSON value, or undefined, which no JSON text means. */
function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch {
    return undefined;
  }
}
