import { once } from 'node:events';
import { createServer as createHttpsServer } from 'node:https';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { selfSignedCertificate } from './self-signed-certificate.js';

/**
 * Why no secure connection comes about: the port speaks plain HTTP, never answers, hangs up at the handshake,
 * or shows a certificate that it signed itself.
 */
export type BadTlsKind = 'plain-http' | 'silent' | 'hangs-up' | 'self-signed';

/** Origins that begin with https and that nobody should be able to talk to. */
export interface BadTls {
  readonly origins: Readonly<Record<BadTlsKind, string>>;
  /** Requests that were made in spite of it all. */
  requestCount(): number;
  /** Closes every connection. */
  stop(): Promise<void>;
}

/** Starts a listener of each kind on a free port. Rejects when the host cannot be listened on. */
export async function startBadTls({ host = '127.0.0.1' } = {}): Promise<BadTls> {
  let requestCount = 0;
  const secure = createHttpsServer(selfSignedCertificate(host), (_request, response) => {
    requestCount += 1;
    response.end();
  });
  secure.on('tlsClientError', () => undefined);
  const servers: Readonly<Record<BadTlsKind, Server>> = {
    'plain-http': createServer((socket) => {
      socket.once('data', () =>
        socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n'),
      );
    }),
    silent: createServer((socket) => socket.resume()),
    'hangs-up': createServer((socket) => {
      socket.once('data', () => socket.end());
    }),
    'self-signed': secure,
  };
  const sockets = new Set<Socket>();
  for (const server of Object.values(servers)) rememberSockets(server, sockets);

  const origins = await Promise.all(
    Object.entries(servers).map(async ([kind, server]) => [kind, await listen(server, host)]),
  );
  return {
    origins: Object.fromEntries(origins) as BadTls['origins'],
    requestCount: () => requestCount,
    async stop() {
      const closed = Object.values(servers).map((server) => close(server));
      for (const socket of sockets) socket.destroy();
      await Promise.all(closed);
    },
  };
}

function rememberSockets(server: Server, sockets: Set<Socket>): void {
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    // A client that gives up may reset the connection.
    socket.on('error', () => undefined);
    socket.once('close', () => sockets.delete(socket));
  });
}

async function listen(server: Server, host: string): Promise<string> {
  server.listen(0, host);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return `https://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

async function close(server: Server): Promise<void> {
  if (!server.listening) return;
  server.close();
  await once(server, 'close');
}
