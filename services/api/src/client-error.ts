import { STATUS_CODES } from 'node:http';
import { problem } from './problem.js';

/** What is needed of the socket on which something came that is not HTTP. */
interface BrokenSocket {
  readonly writable: boolean;
  readonly bytesWritten?: number;
  end(text: string, done: () => void): unknown;
  destroy(): unknown;
}

/** Statuses of what Node's parser refuses before there is a request; anything else is a plain 400. */
const statuses: Readonly<Record<string, number>> = {
  HPE_HEADER_OVERFLOW: 431,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
};

/** Answers bytes that are no request, or do not become one in time, and hangs up. */
export function answerClientError(error: NodeJS.ErrnoException, socket: BrokenSocket): void {
  // Once anything was answered on the connection, more text could be taken for a part of it.
  if (!socket.writable || (socket.bytesWritten ?? 0) > 0) {
    socket.destroy();
    return;
  }
  const status = statuses[error.code ?? ''] ?? 400;
  const body = JSON.stringify({ ...problem('request-malformed'), status });
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'Content-Type: application/problem+json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Cache-Control: no-store',
    'Connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`, () => socket.destroy());
}
