/** Objects that have had the same names in the same order so far; V8 keeps their names once for all of them. */
export interface Shape {
  /** Of the bytes of the name that came last. */
  readonly start: number;
  readonly end: number;
  readonly depth: number;
  readonly next: Shape[];
}

/** Bounds far below those from which on V8 makes a hash table of every object; no manifest comes near. */
const shapesMax = 1_024;
const branchesMax = 16;
const membersMax = 64;

/** The shapes of the objects in a text: the first so many that come. */
export function knownShapes(bytes: Uint8Array) {
  const empty: Shape = { start: 0, end: 0, depth: 0, next: [] };
  let known = 0;

  const isNamed = (shape: Shape, start: number, end: number): boolean => {
    if (shape.end - shape.start !== end - start) return false;
    for (let index = start; index < end; index += 1)
      if (bytes[index] !== bytes[shape.start + index - start]) return false;
    return true;
  };

  return {
    empty,
    /** The shape of an object with one more member, or undefined where it is one of too many. */
    follow(shape: Shape | undefined, start: number, end: number): Shape | undefined {
      if (!shape) return undefined;
      for (const one of shape.next) if (isNamed(one, start, end)) return one;
      const isOneTooMany =
        known >= shapesMax || shape.next.length >= branchesMax || shape.depth >= membersMax;
      if (isOneTooMany || !isPlain(bytes[start])) return undefined;
      known += 1;
      const longer: Shape = { start, end, depth: shape.depth + 1, next: [] };
      shape.next.push(longer);
      return longer;
    },
  };
}

/** Whether it begins with a letter or `_`: names that are numbers, however they are escaped, are no part of a shape. */
const isPlain = (first = 0): boolean =>
  first === 0x5f || ((first | 0x20) >= 0x61 && (first | 0x20) <= 0x7a);
