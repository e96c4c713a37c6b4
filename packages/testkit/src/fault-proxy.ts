import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A TCP proxy on loopback whose connections a test can have go silent, one by one. */
export interface FaultProxy {
  readonly port: number;
  /** Connections that are open, the oldest first. */
  readonly connections: readonly ProxiedConnection[];
  /** Whether connections to come are silent from their first byte on. */
  mutesNew: boolean;
  /** Ends it, and all connections. */
  close(): Promise<void>;
}

export interface ProxiedConnection {
  /** Whether the client has sent this text. */
  hasSent(text: string): boolean;
  /** Nothing passes any more, in either direction, and neither side is told: what is sent is taken, and lost. */
  mute(): void;
}

/** The end of what a client sent, which is looked through, in characters. */
const rememberedMax = 64 * 1024;

/** Passes connections on to a port of loopback. Rejects when it cannot listen. */
export async function startFaultProxy(targetPort: number): Promise<FaultProxy> {
  const open = new Map<Socket, ProxiedConnection>();
  const server = createServer((client) => {
    const target = connect(targetPort, '127.0.0.1');
    let isMuted = proxy.mutesNew;
    let sent = '';
    const pass = (from: Socket, to: Socket, note: (chunk: Buffer) => void): void => {
      from.on('data', (chunk) => {
        note(chunk);
        if (!isMuted) to.write(chunk);
      });
      from.on('error', () => undefined);
      from.on('close', () => !isMuted && to.destroy());
    };
    pass(client, target, (chunk) => {
      sent = `${sent}${chunk.toString('latin1')}`.slice(-rememberedMax);
    });
    pass(target, client, () => undefined);
    open.set(client, {
      hasSent: (text) => sent.includes(text),
      mute() {
        isMuted = true;
      },
    });
    client.on('close', () => {
      open.delete(client);
      target.destroy();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');

  const proxy: FaultProxy = {
    port: (server.address() as AddressInfo).port,
    get connections() {
      return [...open.values()];
    },
    mutesNew: false,
    async close() {
      server.close();
      for (const client of open.keys()) client.destroy();
      await once(server, 'close');
    },
  };
  return proxy;
}
