/** A JSON object with members nobody has looked at yet. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** A body read as a JSON object, or why it is none, in words for a detail. */
export type JsonObjectReading =
  | {
      readonly kind: 'object';
      readonly object: JsonObject;
      readonly bytes: Uint8Array;
      /** How many values it is made of, about. */
      readonly values: number;
    }
  | { readonly kind: 'unreadable'; readonly why: string };

/** Deeper JSON than this is an attack: its parser and printer recurse, and manifests need three levels. */
const depthMax = 64;

/**
 * Nor does any manifest have so many members and elements: a million files take three million. As many small
 * values as fit into the largest body would take the parser a minute and gigabytes.
 */
export const manifestValuesMax = 5_000_000;

/**
 * Reads a body as a JSON object by its content, since servers and gateways mislabel theirs. Never throws:
 * nesting and number of values are measured on the bytes before any parser sees them, and bytes that are not
 * UTF-8 are refused instead of being quietly replaced. `bytes` is the body less a byte order mark, which JSON must not have
 * (RFC 8259 section 8.1) and which some servers send.
 */
export function readJsonObject(body: Uint8Array, valuesMax = manifestValuesMax): JsonObjectReading {
  const bytes = withoutByteOrderMark(body);
  if (bytes.length === 0) return { kind: 'unreadable', why: 'an empty body' };
  const values = countValues(bytes, valuesMax);
  if (typeof values === 'string') return { kind: 'unreadable', why: values };
  const value = parse(bytes);
  if (value === undefined) return { kind: 'unreadable', why: 'no JSON' };
  if (!isJsonObject(value)) return { kind: 'unreadable', why: 'JSON, but no object' };
  return { kind: 'object', object: value, bytes, values };
}

/** True for what JSON calls an object: neither an array nor null. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function withoutByteOrderMark(body: Uint8Array): Uint8Array {
  return body[0] === 0xef && body[1] === 0xbb && body[2] === 0xbf ? body.subarray(3) : body;
}

const quote = 0x22;
const backslash = 0x5c;
const openBracket = 0x5b;
const closeBracket = 0x5d;
const comma = 0x2c;
const openBrace = 0x7b;
const closeBrace = 0x7d;

/** On anything but JSON the answer may be wrong, but a parser stops there before it gets further than this saw. */
function countValues(bytes: Uint8Array, valuesMax: number): number | string {
  let depth = 0;
  let values = 0;
  let inString = false;
  for (let index = 0; index < bytes.length; index += 1) {
    const byte = bytes[index];
    if (inString) {
      if (byte === backslash) index += 1;
      else if (byte === quote) inString = false;
    } else if (byte === quote) {
      inString = true;
    } else if (byte === openBrace || byte === openBracket) {
      depth += 1;
      values += 1;
      if (depth > depthMax) return 'JSON nested too deeply';
    } else if (byte === comma) {
      values += 1;
      if (values > valuesMax) return 'JSON of too many values';
    } else if (byte === closeBrace || byte === closeBracket) {
      depth -= 1;
    }
  }
  return values;
}

/** The JSON value, or undefined, which no JSON text means. */
function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch {
    return undefined;
  }
}
