import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import type { Pace } from './paced-pipe.js';
import {
  type OpenConnection,
  openConnection,
  type ProxiedConnection,
} from './proxied-connection.js';

/** A TCP proxy on loopback between a client and a server that have to bear a bad network. */
export interface FaultProxy {
  readonly port: number;
  /** Connections that are open, the oldest first. */
  readonly connections: readonly ProxiedConnection[];
  /** Whether connections to come are silent from their first byte on. */
  mutesNew: boolean;
  /** How much later each exchange is over: half of it on the way there, half on the way back. 0 at first. */
  delayMs: number;
  /** How much passes in a second in each direction of a connection. Infinity at first. */
  bytesPerSecond: number;
  /** Resets all connections, and those to come at once, until `mend`. */
  cut(): void;
  /**
   * A link that is down: nothing passes on any connection, old or new, and neither side is told. What is sent meanwhile arrives
   * after `mend`, however late, as TCP would have it, also from a client that has given up on it.
   */
  stall(): void;
  /**
   * Ends `cut` and `stall`, and `mutesNew`. Connections that are mute are reset, as by a host that comes back and knows nothing
   * of them.
   */
  mend(): void;
  /**
   * Has the next command that contains this text be carried out by Redis, and its client get a reset in place of the reply.
   * Resolves when that has happened.
   */
  dropNextReply(matching?: string): Promise<void>;
  /** Has `listener` see what clients send, before it is passed on: command by command, its words separated by blanks. Returns how to end that. */
  onRequest(listener: (text: string) => void): () => void;
  /** Ends it, and all connections. */
  close(): Promise<void>;
}

interface LossToCome {
  readonly matching: string;
  readonly resolve: () => void;
}

/** Passes connections on to a port of loopback. Rejects when it cannot listen. */
export async function startFaultProxy(targetPort: number): Promise<FaultProxy> {
  const open = new Map<Socket, OpenConnection>();
  /** What clients have left may still be on its way. */
  const alive = new Map<Socket, OpenConnection>();
  const listeners = new Set<(text: string) => void>();
  const losses: LossToCome[] = [];
  let isCut = false;
  let isStalled = false;
  const pace: Pace = {
    get delayMs() {
      return proxy.delayMs / 2;
    },
    get bytesPerSecond() {
      return proxy.bytesPerSecond;
    },
    get isStalled() {
      return isStalled;
    },
  };

  const server = createServer((client) => {
    if (isCut) {
      client.on('error', () => undefined).resetAndDestroy();
      return;
    }
    const target = connect(targetPort, '127.0.0.1');
    let lost: LossToCome | undefined;
    const connection = openConnection({
      client,
      target,
      isMuted: proxy.mutesNew,
      pace,
      onRequest(text) {
        for (const listener of listeners) listener(text);
      },
      losesReplyTo(text) {
        const index = losses.findIndex(({ matching }) => text.includes(matching));
        if (index >= 0) [lost] = losses.splice(index, 1);
        return index >= 0;
      },
      onReplyLost: () => lost?.resolve(),
      onLeft: () => open.delete(client),
      onClosed: () => alive.delete(target),
    });
    open.set(client, connection);
    alive.set(target, connection);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');

  const proxy: FaultProxy = {
    port: (server.address() as AddressInfo).port,
    get connections() {
      return [...open.values()];
    },
    mutesNew: false,
    delayMs: 0,
    bytesPerSecond: Number.POSITIVE_INFINITY,
    cut() {
      isCut = true;
      for (const connection of alive.values()) connection.reset();
    },
    stall() {
      isStalled = true;
    },
    mend() {
      isCut = false;
      isStalled = false;
      proxy.mutesNew = false;
      for (const connection of alive.values())
        if (connection.isMuted) connection.reset();
        else connection.flush();
    },
    dropNextReply: (matching = '') => new Promise((resolve) => losses.push({ matching, resolve })),
    onRequest(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async close() {
      server.close();
      for (const socket of [...open.keys(), ...alive.keys()]) socket.destroy();
      await once(server, 'close');
    },
  };
  return proxy;
}
