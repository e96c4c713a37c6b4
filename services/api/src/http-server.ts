import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import { answerClientError } from './client-error.js';
import { originForm } from './origin-form.js';

export interface HttpServer {
  /** Rejects when the port is taken. Port 0 takes any that is free. */
  listen(port: number, host: string): Promise<{ port: number }>;
  /** Takes no new connections and ends every other once it has nothing left to answer. Fine unstarted. */
  close(): Promise<void>;
}

/** An HTTP server with bounds on how long a caller may take, save for an answer that we hold for `longestWaitMs`. */
export function createHttpServer(listener: RequestListener, longestWaitMs: number): HttpServer {
  const server = createServer(
    {
      headersTimeout: 10_000,
      requestTimeout: 30_000,
      connectionsCheckingInterval: 1_000,
      // Longer than the usual idle time of load balancers, so that it is they who hang up.
      keepAliveTimeout: 65_000,
      // Left to the application, whose answer says what is wrong.
      requireHostHeader: false,
    },
    listener,
  );
  server.maxHeadersCount = 64;
  // For a caller that does not take its answer. A held answer is silence too, and no reason to hang up.
  server.timeout = longestWaitMs + 60_000;
  server.prependListener('request', (request) => {
    request.url = originForm(request.url ?? '');
  });
  server.on('clientError', answerClientError);
  // We are nobody's tunnel. Node leaves such a socket to its listener, errors and all.
  server.on('connect', (_request, socket) => {
    socket.on('error', () => undefined);
    answerClientError(new Error('CONNECT'), socket);
  });
  // An expectation that we do not know is passed over (RFC 9110 section 10.1.1).
  server.on('checkExpectation', (request, response) => server.emit('request', request, response));
  const hangUp = trackAnswers(server);

  return {
    async listen(port, host) {
      server.listen(port, host);
      await once(server, 'listening');
      return { port: (server.address() as { port: number }).port };
    },
    async close() {
      if (!server.listening) return;
      const closed = once(server, 'close');
      // Node takes a connection for idle once its answer was written, and would cut off what is on its way out.
      server.closeIdleConnections = hangUp;
      server.close();
      await closed;
    },
  };
}

type Socket = IncomingMessage['socket'];

/** Knows which connections have answers under way. Returns what ends them all, each after its last answer. */
function trackAnswers(server: Server): () => void {
  const underWay = new Map<Socket, number>();
  let hangingUp = false;
  const settle = (socket: Socket): void => {
    if (hangingUp && underWay.get(socket) === 0) socket.destroySoon();
  };
  const count = (socket: Socket, change: number): void => {
    const answers = underWay.get(socket);
    if (answers !== undefined) underWay.set(socket, answers + change);
    settle(socket);
  };

  server.on('connection', (socket: Socket) => {
    underWay.set(socket, 0);
    socket.once('close', () => underWay.delete(socket));
  });
  server.prependListener('request', ({ socket }, response) => {
    count(socket, 1);
    response.once('close', () => count(socket, -1));
  });
  return () => {
    hangingUp = true;
    for (const socket of underWay.keys()) settle(socket);
  };
}
