import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';

/** A request that came, its body read. */
export interface Received {
  readonly method: string;
  /** Path and query. */
  readonly target: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly atMs: number;
}

/** What the server does with a request. */
export type Reply = (response: ServerResponse, request: Received) => unknown;

/** Answers with JSON. */
export const json =
  (status: number, body: unknown, headers: Record<string, string> = {}): Reply =>
  (response) =>
    response
      .writeHead(status, { 'content-type': 'application/json', ...headers })
      .end(JSON.stringify(body));

/** Answers with problem details as the api does. */
export const problem = (
  status: number,
  reason: string,
  headers: Record<string, string> = {},
  members: object = {},
): Reply =>
  json(
    status,
    { type: `/problems/${reason}`, title: `Title of ${reason}.`, status, reason, ...members },
    { 'x-request-id': 'request-1', ...headers },
  );

/** Ends the connection without an answer. */
export const hangUp: Reply = (response) => response.socket?.destroy();
/** Takes the request and never answers. */
export const silence: Reply = () => undefined;
/** Begins an answer and ends the connection in the middle of it. */
export const half: Reply = (response) => {
  response.writeHead(200, { 'content-length': '100' }).write('{"id":');
  setTimeout(() => response.socket?.destroy(), 20);
};

/** A server that answers by a script: one reply for each request, the last one for all that follow. */
export async function scriptedServer(...script: Reply[]) {
  const received: Received[] = [];
  const server = createServer(async (request, response) => {
    request.setEncoding('utf8');
    let body = '';
    for await (const chunk of request) body += chunk as string;
    const { method = '', url: target = '', headers } = request;
    const read = { method, target, headers, body, atMs: performance.now() };
    const reply = script[Math.min(received.length, script.length - 1)];
    received.push(read);
    reply?.(response, read);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    baseUrl: `http://127.0.0.1:${(server.address() as { port: number }).port}`,
    received,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

export const anyJob = { id: 'job-1', state: 'registered', settledAt: null };
