import { createServer } from 'node:http';

/** Answers 200 to whoever asks whether this process is ready, on loopback. */
export function startReadiness(port: number): void {
  createServer((_request, response) => response.end()).listen(port, '127.0.0.1');
}
