import { connect } from 'node:net';

/** What a client gets that knows nothing of HTTP. */
export interface RawAnswer {
  /** Bytes as Latin-1, no more than were asked for. */
  readonly text: string;
  readonly ended: 'closed' | 'reset' | 'enough' | 'patience';
  readonly ms: number;
}

/** Sends a GET by hand and takes what comes, until the connection ends, or so many bytes or ms have passed. */
export function rawGet(
  url: string,
  { maxBytes = 4_194_304, patienceMs = 500 } = {},
): Promise<RawAnswer> {
  const { hostname, port, pathname } = new URL(url);
  const startedAt = performance.now();
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    const socket = connect(Number(port), hostname);
    const end = (ended: RawAnswer['ended']) => {
      clearTimeout(timer);
      socket.destroy();
      const text = Buffer.concat(chunks).subarray(0, maxBytes).toString('latin1');
      resolve({ text, ended, ms: performance.now() - startedAt });
    };
    const timer = setTimeout(() => end('patience'), patienceMs);
    socket.on('connect', () => socket.write(`GET ${pathname} HTTP/1.1\r\nHost: x\r\n\r\n`));
    socket.on('data', (data) => {
      chunks.push(data);
      bytes += data.length;
      if (bytes >= maxBytes) end('enough');
    });
    socket.on('end', () => end('closed'));
    socket.on('error', () => end('reset'));
  });
}
