import { knownShapes, type Shape } from './known-shapes.js';

/** What reading a JSON text may take at most. */
export interface ReadingRoom {
  /** Members and elements. */
  readonly values: number;
  /** Memory of the engine's heap, in bytes, text included. */
  readonly heapBytes: number;
}

/** What a JSON text takes to read. */
export interface JsonWeight {
  /** How many values it is made of, about. */
  readonly values: number;
  /** Of V8's heap, in bytes: never less than it takes, and for a manifest less than twice as much. */
  readonly heapBytes: number;
}

/** Why a text is too much for the room though it may be a manifest. */
export const tooCostly = 'JSON that is too costly to read';

/** Deeper JSON than this is an attack: its parser and printer recurse, and manifests need three levels. */
const depthMax = 64;

/**
 * What V8 keeps of a text at most, in bytes; of a string, what it takes beside its characters. Measured:
 * services/worker/tests/reading-room.int.test.ts holds them against the engine.
 */
const heapOf = { object: 64, array: 48, element: 8, string: 24, digit: 2, fraction: 16 } as const;
/**
 * A member with its name: one that other objects have too, and one of an object with names of its own. From its first own
 * one on, such an object has a list of all its names for itself, `copied` for each of those that it had shared until then.
 */
const heapOfMember = { shared: heapOf.element - heapOf.string, own: 136, copied: 24 } as const;

const quote = 0x22;
const backslash = 0x5c;
const colon = 0x3a;
const comma = 0x2c;
const openBrace = 0x7b;
const closeBrace = 0x7d;
const openBracket = 0x5b;
const closeBracket = 0x5d;
/** Begins the UTF-8 of a character beyond U+00FF, for one of which V8 keeps all of a string two bytes wide. */
const firstOfWide = 0xc4;

/**
 * Weighs a text before any parser sees it: V8 cannot be stopped in the middle of one JSON.parse, and where that outgrows
 * the heap of a thread, the whole process ends. Says why where the text is too much for the room. On anything but JSON the
 * answer may be wrong, but a parser stops there before it gets further than this saw.
 */
export function weighJson(bytes: Uint8Array, room: ReadingRoom): JsonWeight | string {
  const shapes = knownShapes(bytes);
  /** Of what is open, by its depth; undefined for an array. */
  const open: (Shape | undefined)[] = [];
  let depth = 0;
  let values = 0;
  let heapBytes = bytes.length;
  let isWide = false;
  let string = { start: 0, end: 0, isWide: false, isTwoBytes: false };

  for (let index = 0; index < bytes.length; index += 1) {
    const byte = bytes[index] as number;
    if (byte === quote) {
      string = stringFrom(bytes, index + 1);
      heapBytes += heapOf.string + (string.end - string.start) * (string.isTwoBytes ? 2 : 1);
      isWide ||= string.isWide;
      index = string.end;
    } else if (byte === colon) {
      const shape = open[depth];
      open[depth] = shapes.follow(shape, string.start, string.end);
      heapBytes += open[depth]
        ? heapOfMember.shared
        : heapOfMember.own + (shape?.depth ?? 0) * heapOfMember.copied;
    } else if (byte === comma) {
      values += 1;
      heapBytes += heapOf.element;
      if (values > room.values) return 'JSON of too many values';
    } else if (byte === openBrace || byte === openBracket) {
      depth += 1;
      values += 1;
      if (depth > depthMax) return 'JSON nested too deeply';
      open[depth] = byte === openBrace ? shapes.empty : undefined;
      heapBytes += byte === openBrace ? heapOf.object : heapOf.array;
    } else if (byte === closeBrace || byte === closeBracket) {
      depth -= 1;
    } else {
      heapBytes += heapOfNumberPart(byte);
      isWide ||= byte >= firstOfWide;
    }
  }
  if (isWide) heapBytes += bytes.length;
  return heapBytes > room.heapBytes ? tooCostly : { values, heapBytes };
}

/** The string whose first character is there, up to the quote that ends it. */
function stringFrom(bytes: Uint8Array, start: number) {
  let isWide = false;
  let isEscaped = false;
  let end = start;
  for (; end < bytes.length; end += 1) {
    const byte = bytes[end] as number;
    if (byte === quote) break;
    if (byte === backslash) {
      isEscaped = true;
      end += 1;
    } else if (byte >= firstOfWide) {
      isWide = true;
    }
  }
  return { start, end, isWide, isTwoBytes: isWide || isEscaped };
}

/** Numbers that are no small integers are objects of 16 bytes; long ones may be. */
function heapOfNumberPart(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return heapOf.digit;
  return byte === 0x2d || byte === 0x2e || (byte | 0x20) === 0x65 ? heapOf.fraction : 0;
}
