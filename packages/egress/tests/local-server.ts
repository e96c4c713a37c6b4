import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import {
  type AddressInfo,
  createServer as createTcpServer,
  type Socket,
  type Server as TcpServer,
} from 'node:net';

/** What a server was asked, kept for the test to look at. */
export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

export interface LocalServer {
  readonly origin: string;
  readonly requests: readonly SeenRequest[];
  /** Connections opened so far, and those that are still open. */
  connectionCount(): number;
  openCount(): number;
  close(): Promise<void>;
}

export type Handler = (
  request: SeenRequest,
  response: ServerResponse,
  index: number,
) => void | Promise<void>;

/** An HTTP server on a free loopback port; `index` counts its requests from 0. */
export async function startHttpServer(handler: Handler): Promise<LocalServer> {
  const requests: SeenRequest[] = [];
  const server = createServer({ keepAliveTimeout: 30_000 }, async (incoming, response) => {
    let body = '';
    for await (const chunk of incoming) body += String(chunk);
    const { method = '', url: path = '', headers } = incoming;
    const request = { method, path, headers, body };
    const index = requests.push(request) - 1;
    await handler(request, response, index);
  });
  return listen(server, requests);
}

/** A TCP server on a free loopback port, for what no HTTP library would say. */
export function startTcpServer(onConnection: (socket: Socket) => void): Promise<LocalServer> {
  return listen(createTcpServer(onConnection), []);
}

async function listen(server: TcpServer, requests: SeenRequest[]): Promise<LocalServer> {
  const open = new Set<Socket>();
  let connectionCount = 0;
  server.on('connection', (socket: Socket) => {
    connectionCount += 1;
    open.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => open.delete(socket));
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    requests,
    connectionCount: () => connectionCount,
    openCount: () => open.size,
    close: () =>
      new Promise<void>((resolve) => {
        for (const socket of open) socket.destroy();
        server.close(() => resolve());
      }),
  };
}
