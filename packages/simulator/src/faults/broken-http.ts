import type { FaultRow } from '../faults.js';
import { endRaw, headerLines, sendWhole, setHead, statusLine, type Wire } from '../wire.js';

/** Answers that are not HTTP as it should be. */
export const brokenHttp = {
  'length-too-short': {
    tells: 'Content-Length is half of what the body has',
    play: (wire) => {
      const half = String(Math.floor(wire.body.length / 2));
      endRaw(wire, ...headOf(wire, { 'Content-Length': half }), wire.body);
    },
  },
  'length-too-long': {
    tells: 'Content-Length is larger than the body, and the connection stays open',
    play: (wire) => {
      const { response, body } = wire;
      setHead(wire, { 'Content-Length': String(body.length + 100) });
      response.flushHeaders();
      response.write(body);
    },
  },
  informational: {
    tells: '102 and 103 before the answer, which is whole',
    play: (wire) => {
      wire.response.writeProcessing();
      wire.response.writeEarlyHints({ link: '</next>; rel=next' });
      return sendWhole(wire);
    },
  },
  continue: {
    tells: '100, which no request without a body asks for, before the answer, which is whole',
    play: (wire) => {
      wire.response.writeContinue();
      return sendWhole(wire);
    },
  },
  'two-lengths': {
    tells: 'two Content-Length fields that disagree',
    play: (wire) => {
      const lengths = [`${wire.body.length}`, `${wire.body.length + 1}`];
      endRaw(wire, ...headOf(wire, { 'Content-Length': lengths }), wire.body);
    },
  },
  'extra-bytes': {
    tells: 'more bytes after the end of the answer, which is whole',
    play: (wire) => {
      const sentAtMs = performance.now();
      endRaw(wire, ...wholeHead(wire), wire.body, 'and another thing');
      return Promise.resolve(sentAtMs);
    },
  },
  'malformed-chunk': {
    tells: 'a chunk whose size is no number',
    play: (wire) =>
      endRaw(wire, ...headOf(wire, { 'Transfer-Encoding': 'chunked' }), 'zz\r\n', wire.body),
  },
  'bad-status-line': {
    tells: 'a status line without a status',
    play: (wire) => endRaw(wire, `HTTP/1.1 OK\r\n${wholeHead(wire)[1]}`, wire.body),
  },
  'bad-header': {
    tells: 'a header line without a colon',
    play: (wire) => {
      const [line, fields] = wholeHead(wire);
      endRaw(wire, line, 'a header that is none\r\n', fields, wire.body);
    },
  },
  'bare-newlines': {
    tells: 'header lines that end with LF alone',
    play: (wire) => endRaw(wire, wholeHead(wire).join('').replaceAll('\r\n', '\n'), wire.body),
  },
  'switch-protocols': {
    tells: '101 to a protocol that nobody asked for, and nothing more',
    play: (wire) =>
      endRaw(wire, 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n'),
  },
  'http-garbage': {
    tells: 'bytes that are no HTTP at all',
    play: (wire) =>
      endRaw(
        wire,
        Uint8Array.from({ length: 1_024 }, (_, n) => (n * 151 + 7) % 256),
      ),
  },
} as const satisfies Readonly<Record<string, FaultRow>>;

type Head = readonly [statusLine: string, fields: string];

const headOf = (wire: Wire, fields: Parameters<typeof headerLines>[1]): Head => [
  `${statusLine(wire)}\r\n`,
  headerLines(wire, fields),
];

const wholeHead = (wire: Wire): Head =>
  headOf(wire, { 'Content-Length': String(wire.body.length) });
