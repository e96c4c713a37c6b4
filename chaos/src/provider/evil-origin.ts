import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Sighting } from './sighting.js';

/** An origin that others redirect to, and that no token belongs to. */
export interface EvilOrigin {
  readonly origin: string;
  stop(): Promise<void>;
}

/**
 * Starts one on loopback. It says that the export is in progress, and asks for a token every other time: whoever
 * follows a redirect must come without one, and not be talked into bringing it.
 */
export async function startEvilOrigin(onSighting: (seen: Sighting) => void): Promise<EvilOrigin> {
  let requests = 0;
  const server = createServer((request, response) => {
    const at = performance.now();
    const status = requests % 2 === 0 ? 202 : 401;
    requests += 1;
    response.on('close', () =>
      onSighting({
        at,
        endedAt: performance.now(),
        origin,
        exportId: null,
        kind: 'evil',
        authorization: request.headers.authorization === undefined ? 'none' : 'wrong',
        answered: response.writableFinished,
        ending: status,
      }),
    );
    request.resume();
    response.writeHead(status, status === 401 ? { 'WWW-Authenticate': 'Bearer' } : {}).end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    origin,
    async stop() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
