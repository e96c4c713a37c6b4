import { createHash } from 'node:crypto';

const lineFeed = 0x0a;

/** Goes along with the bytes of a file, and tells what they come to. */
export interface Tally {
  add(chunk: Uint8Array): void;
  readonly bytes: number;
  /** Lines of NDJSON: those that hold anything but blanks, whether the last one ends or not. */
  readonly lines: number;
  /** SHA-256 of all so far, in hex. */
  sha256(): string;
}

export function createTally(): Tally {
  const hash = createHash('sha256');
  let bytes = 0;
  let ended = 0;
  let open = false;
  return {
    add(chunk) {
      hash.update(chunk);
      bytes += chunk.length;
      for (let from = 0; from < chunk.length; ) {
        const found = chunk.indexOf(lineFeed, from);
        const end = found < 0 ? chunk.length : found;
        open ||= !isBlank(chunk, from, end);
        if (found >= 0 && open) ended += 1;
        if (found >= 0) open = false;
        from = end + 1;
      }
    },
    get bytes() {
      return bytes;
    },
    get lines() {
      return ended + (open ? 1 : 0);
    },
    sha256: () => hash.copy().digest('hex'),
  };
}

/** Whether there are only spaces, tabs and carriage returns. */
function isBlank(chunk: Uint8Array, from: number, end: number): boolean {
  for (let at = from; at < end; at += 1) {
    const byte = chunk[at];
    if (byte !== 0x20 && byte !== 0x09 && byte !== 0x0d) return false;
  }
  return true;
}
