import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import type { BadAnswer } from './bad-answers.js';

/** Providers that give one bad answer each, and after that say for good that the export goes on. */
export interface BadProviders {
  /** One for each answer, in their order: what an origin did would else hold up the others. */
  readonly statusUrls: readonly string[];
  readonly origins: readonly string[];
  stop(): Promise<void>;
}

/** The rest of an export that nobody waits for the end of. */
const goesOn = 'HTTP/1.1 202 Accepted\r\nRetry-After: 86400\r\nContent-Length: 0\r\n\r\n';

/** Starts them on loopback. */
export async function startBadProviders(answers: readonly BadAnswer[]): Promise<BadProviders> {
  const sockets = new Set<Socket>();
  const servers = await Promise.all(answers.map((answer) => listening(serverOf(answer, sockets))));
  const origins = servers.map(
    (server) => `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
  );
  return {
    origins,
    statusUrls: origins.map((origin) => `${origin}/status`),
    async stop() {
      const closed = servers.map((server) => once(server.close(), 'close'));
      for (const socket of sockets) socket.destroy();
      await Promise.all(closed);
    },
  };
}

async function listening(server: Server): Promise<Server> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

function serverOf(answer: BadAnswer, sockets: Set<Socket>): Server {
  let requests = 0;
  return createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.once('close', () => sockets.delete(socket));
    let head = '';
    socket.on('data', (chunk: Buffer) => {
      head += chunk.toString('latin1');
      if (!head.includes('\r\n\r\n')) return;
      head = '';
      requests += 1;
      if (requests > 1) socket.write(goesOn);
      else void give(answer, socket);
    });
  });
}

async function give({ bytes, ending }: BadAnswer, socket: Socket): Promise<void> {
  for (const piece of bytes) socket.write(piece);
  if (ending === 'end') socket.end();
  if (ending === 'reset') setTimeout(() => socket.resetAndDestroy(), 20);
  if (ending !== 'endless') return;
  // Not by `once`: that also ends with the error of a connection that was reset.
  const closed = new Promise((resolve) => socket.once('close', resolve));
  const drained = () => new Promise((resolve) => socket.once('drain', resolve));
  while (!socket.destroyed) {
    if (!socket.write(bytes.at(-1) ?? '')) await Promise.race([drained(), closed]);
  }
}
