import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/**
 * Below the ports that systems hand out to outgoing connections (from 32768 on Linux, from 49152 elsewhere):
 * one of those can be gone before the process that it is meant for has started.
 */
const quietPort = () => randomInt(10_000, 30_000);

/** A free loopback port: the preferred one when it is free, else any. Another process may still take it. */
export async function freePort(preferred = quietPort()) {
  let port = preferred;
  while (!(await isFree(port))) port = quietPort();
  return port;
}

function isFree(port) {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
      server.close(() => resolve(true));
    });
  });
}
