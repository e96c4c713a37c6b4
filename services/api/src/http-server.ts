import { once } from 'node:events';
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http';
import { answerClientError } from './client-error.js';
import { originForm } from './origin-form.js';

export interface HttpServer {
  /** Rejects when the port is taken. Port 0 takes any that is free. */
  listen(port: number, host: string): Promise<{ port: number }>;
  /** Whether connections are taken: false before `listen`, after `close`, and should the listener ever be lost. */
  readonly isListening: boolean;
  /** Goes on serving, and asks callers to come by another connection: each answer says that it is the last on its own. */
  sendAway(): void;
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
  const answers = trackAnswers(server);

  return {
    async listen(port, host) {
      server.listen(port, host);
      await once(server, 'listening');
      return { port: (server.address() as { port: number }).port };
    },
    get isListening() {
      return server.listening;
    },
    sendAway: answers.sendAway,
    async close() {
      if (!server.listening) return;
      const closed = once(server, 'close');
      answers.sendAway();
      // Node takes a connection for idle once its answer was written, and would cut off what is on its way out.
      server.closeIdleConnections = answers.hangUp;
      server.close();
      await closed;
    },
  };
}

type Socket = IncomingMessage['socket'];

interface Answers {
  /** Has those under way, and all that follow, say `Connection: close` (RFC 9112 section 9.6). */
  sendAway(): void;
  /** Ends all connections, each after its last answer. */
  hangUp(): void;
}

/** Knows which answers are under way on which connection. */
function trackAnswers(server: Server): Answers {
  const underWay = new Map<Socket, Set<ServerResponse>>();
  let sendingAway = false;
  let hangingUp = false;
  const settle = (socket: Socket): void => {
    if (hangingUp && underWay.get(socket)?.size === 0) socket.destroySoon();
  };
  const sayClose = (response: ServerResponse): void => {
    if (!response.headersSent) response.setHeader('Connection', 'close');
  };

  server.on('connection', (socket: Socket) => {
    underWay.set(socket, new Set());
    socket.once('close', () => underWay.delete(socket));
  });
  server.prependListener('request', ({ socket }, response) => {
    underWay.get(socket)?.add(response);
    if (sendingAway) sayClose(response);
    response.once('close', () => {
      underWay.get(socket)?.delete(response);
      settle(socket);
    });
  });
  return {
    sendAway() {
      sendingAway = true;
      for (const responses of underWay.values()) for (const one of responses) sayClose(one);
    },
    hangUp() {
      hangingUp = true;
      for (const socket of underWay.keys()) settle(socket);
    },
  };
}
