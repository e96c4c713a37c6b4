import { gzipSync } from 'node:zlib';
import type { FaultRow } from '../faults.js';
import { sendWhole, setHead, type Wire } from '../wire.js';

const mebibyte = 1_048_576;

/** Answers that are too large for a careless client. None counts as sent whole: nobody has to take it. */
export const oversize = {
  'gzip-bomb': {
    tells: 'a body of 1 MiB with Content-Encoding: gzip that inflates to 1 GiB',
    play: (wire) => {
      void sendWhole({ ...wire, body: gzipBomb() }, { 'Content-Encoding': 'gzip' });
    },
  },
  'huge-header': {
    tells: 'a header field of 1 MiB',
    play: (wire) => {
      void sendWhole(wire, { 'X-Huge': 'x'.repeat(mebibyte) });
    },
  },
  'many-headers': {
    tells: '10,000 header fields',
    play: (wire) => {
      const fields = Array.from({ length: 10_000 }, (_, n) => [`X-Field-${n}`, String(n)]);
      void sendWhole(wire, Object.fromEntries(fields) as Record<string, string>);
    },
  },
  'endless-body': {
    tells: 'a body without end, as fast as the client reads it',
    play: (wire) => {
      setHead(wire, {});
      void pour(wire);
    },
  },
} as const satisfies Readonly<Record<string, FaultRow>>;

let gzipMember: Buffer | undefined;

/** A gzip file may consist of many members (RFC 1952 section 2.2), so that one of them is all that costs time. */
function gzipBomb(): Buffer {
  gzipMember ??= gzipSync(Buffer.alloc(mebibyte, ' '));
  return Buffer.concat(Array<Buffer>(1_024).fill(gzipMember));
}

/** Larger than the buffer of the response, so that each write waits until the client has taken the last one. */
const gulp = Buffer.alloc(65_536, ' ');

async function pour({ response, closed }: Wire): Promise<void> {
  while (!response.destroyed) {
    const drained = new Promise((resolve) => response.once('drain', resolve));
    response.write(gulp);
    await Promise.race([drained, closed]);
  }
}
