import { once } from 'node:events';
import { createServer } from 'node:net';

/** Below the ports that Linux (32768 and up) gives to outgoing connections. */
const range = { from: 15_000, to: 32_000 };

/**
 * A TCP port of the loopback interface that nobody listens on at the moment. No outgoing connection can
 * take it either, so a server can be killed and started again on it while its clients keep dialling; on
 * an ephemeral port such a client sooner or later connects to itself.
 * Another listener may still come first: prefer port 0 where the program under test can tell its port.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = range.from + Math.floor(Math.random() * (range.to - range.from));
    if (await isFree(port)) return port;
  }
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer().listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') return false;
    throw error;
  }
  server.close();
  await once(server, 'close');
  return true;
}
