import type { Readable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';

/**
 * What came of a body, and how it ended: whole, cut by us beyond the limit or for want of room beside others, or
 * broken off by an error.
 */
export interface BodyReading {
  /** All bytes in their order; one piece where they are few. */
  readonly pieces: readonly Uint8Array[];
  readonly end:
    | { readonly kind: 'whole' | 'cut' | 'crowded-out' }
    | { readonly kind: 'broken'; readonly error: unknown };
}

/** Room for bodies of one origin. */
export interface OwnRoom {
  take(bytes: number): boolean;
  giveBack(bytes: number): void;
}

const unlimited: OwnRoom = { take: () => true, giveBack: () => undefined };

/** Of all pieces but the last. The first is what every body may have without asking for room. */
const pieceBytes = 1024 * 1024;

/** So many pieces are copied within a few ms. */
const piecesAtOnce = 4;

/** All pieces as one, without holding up others for long: to copy 64 MiB into memory just got takes 50 ms. */
export async function joinPieces(pieces: readonly Uint8Array[]): Promise<Uint8Array> {
  const [first = new Uint8Array()] = pieces;
  if (pieces.length <= 1) return first;
  const joined = Buffer.allocUnsafeSlow(pieces.reduce((sum, { length }) => sum + length, 0));
  let size = 0;
  for (const [number, piece] of pieces.entries()) {
    if (number > 0 && number % piecesAtOnce === 0) await setImmediate();
    joined.set(piece, size);
    size += piece.length;
  }
  return joined;
}

/**
 * Reads a body up to `maxBytes`, as far as there is room for it. Beyond that it is not read on: the connection is
 * dropped instead. Never rejects, since what came before a body broke off may be worth having.
 */
export async function readBody(
  body: Readable,
  maxBytes: number,
  room: OwnRoom = unlimited,
): Promise<BodyReading> {
  const kept = growingPieces(maxBytes, room);
  try {
    for await (const chunk of body as AsyncIterable<Uint8Array>) {
      const added = kept.add(chunk);
      // Leaving the loop destroys the stream, and with it the connection.
      if (added !== 'whole') return { pieces: kept.pieces(), end: { kind: added } };
    }
    return { pieces: kept.pieces(), end: { kind: 'whole' } };
  } catch (error) {
    return { pieces: kept.pieces(), end: { kind: 'broken', error } };
  } finally {
    kept.giveBack();
  }
}

/** Reads nothing of a body, and drops the connection. */
export function dropBody(body: Readable): BodyReading {
  // undici tells a body that nobody reads of its own end as an error.
  body.on('error', () => {}).destroy();
  return { pieces: [], end: { kind: 'cut' } };
}

/**
 * One buffer that doubles as it fills, up to the size of a piece; then one piece after the other. A list of chunks would
 * do, were it not for bodies that come byte by byte: each chunk costs a hundred bytes of its own.
 */
function growingPieces(maxBytes: number, room: OwnRoom) {
  const full: Uint8Array[] = [];
  let buffer = Buffer.alloc(0);
  let filled = 0;
  let left = maxBytes;

  const grow = (wanted: number): void => {
    const grown = Buffer.allocUnsafeSlow(
      Math.min(Math.max(wanted, 2 * filled), filled + left, pieceBytes),
    );
    grown.set(buffer.subarray(0, filled));
    buffer = grown;
  };
  /** False where there is no room for another piece. */
  const beginPiece = (): boolean => {
    if (!room.take(pieceBytes)) return false;
    full.push(buffer);
    buffer = Buffer.allocUnsafeSlow(Math.min(pieceBytes, left));
    filled = 0;
    return true;
  };

  return {
    /** `cut` where it is more than may be kept, and `crowded-out` where there is no room for it beside others. */
    add(chunk: Uint8Array): 'whole' | 'cut' | 'crowded-out' {
      const isCut = chunk.length > left;
      let rest = chunk.subarray(0, left);
      while (rest.length > 0) {
        if (filled === pieceBytes && !beginPiece()) return 'crowded-out';
        if (filled + rest.length > buffer.length && buffer.length < pieceBytes)
          grow(filled + rest.length);
        const part = rest.subarray(0, buffer.length - filled);
        buffer.set(part, filled);
        filled += part.length;
        left -= part.length;
        rest = rest.subarray(part.length);
      }
      return isCut ? 'cut' : 'whole';
    },
    pieces: (): readonly Uint8Array[] => [...full, buffer.subarray(0, filled)],
    giveBack: () => room.giveBack(full.length * pieceBytes),
  };
}
