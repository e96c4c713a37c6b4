import type { FaultRow } from '../faults.js';
import { endRaw, setHead } from '../wire.js';

/** Answers that end with their connection. */
export const brokenConnections = {
  reset: {
    tells: 'TCP reset instead of an answer',
    play: ({ response }) => void response.socket?.resetAndDestroy(),
  },
  close: {
    tells: 'the connection closes without a byte',
    play: (wire) => endRaw(wire),
  },
  hang: { tells: 'no answer, for as long as the client waits', play: () => undefined },
  truncate: {
    tells: 'half the body, then the connection closes',
    play: (wire) => {
      const { response, body } = wire;
      // One byte more than there is, so that even an empty body can be cut short.
      setHead(wire, { 'Content-Length': String(body.length + 1) });
      response.flushHeaders();
      response.write(body.subarray(0, body.length / 2), () => response.destroy());
    },
  },
} as const satisfies Readonly<Record<string, FaultRow>>;
