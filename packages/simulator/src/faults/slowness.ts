import type { FaultRow } from '../faults.js';
import {
  endRaw,
  headerLines,
  setHead,
  sleepUnless,
  statusLine,
  type Wire,
  writeRaw,
} from '../wire.js';

const dripMs = 50;

/** Answers that take their time; with `lastsMs` they come to an end. */
export const slowness = {
  'slow-headers': {
    tells: 'a header that drips byte by byte',
    play: async (wire) => {
      writeRaw(wire, `${statusLine(wire)}\r\nX-Slow: `);
      await drip(wire, () => writeRaw(wire, 'x'));
      if (wire.response.destroyed) return null;
      const sentAtMs = performance.now();
      endRaw(wire, `\r\n${headerLines(wire, lengthOf(wire))}`, wire.body);
      return sentAtMs;
    },
  },
  'slow-body': {
    tells: 'blanks before the body that drip byte by byte',
    play: async (wire) => {
      const { response, body, closed } = wire;
      setHead(wire, {});
      await drip(wire, () => response.write(' '));
      if (response.destroyed) return null;
      const sentAtMs = performance.now();
      response.end(body);
      await closed;
      return sentAtMs;
    },
  },
} as const satisfies Readonly<Record<string, FaultRow>>;

async function drip({ closed, answer }: Wire, write: () => void): Promise<void> {
  const timer = setInterval(write, dripMs);
  await sleepUnless(closed, answer.lastsMs);
  clearInterval(timer);
}

const lengthOf = ({ body }: Wire) => ({ 'Content-Length': String(body.length) });
