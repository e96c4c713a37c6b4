import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import type { RunningProcess } from '@bulkwatch/testkit';
import { portOf } from './fleet.js';

/** What stands before several apis: it gives connections to those that say they are ready, one after the other. */
export interface Balancer {
  readonly url: string;
  add(api: RunningProcess): void;
  /** It is not looked at any more; connections that it has stay. */
  remove(api: RunningProcess): void;
  /** Waits until so many are ready. */
  untilReady(count: number): Promise<void>;
  close(): Promise<void>;
}

interface Backend {
  readonly port: number;
  readonly readyzUrl: string;
  isReady: boolean;
}

/** How often readiness is looked at, and how long an answer may take: what a platform does, only sooner. */
const lookMs = 250;
const answerMs = 1_000;

/** A balancer of connections (layer 4), as a Kubernetes service is one: it knows nothing of the requests on them. */
export async function startBalancer(): Promise<Balancer> {
  const backends = new Map<RunningProcess, Backend>();
  const clients = new Set<Socket>();
  let turn = 0;
  const closing = new AbortController();

  const server = createServer((client) => {
    clients.add(client);
    client.on('error', () => undefined);
    client.on('close', () => clients.delete(client));
    const ready = [...backends.values()].filter(({ isReady }) => isReady);
    const backend = ready[(turn += 1) % ready.length];
    if (!backend) {
      client.destroy();
      return;
    }
    const onwards = connect(backend.port, '127.0.0.1');
    // What is refused or cut off there is cut off here.
    onwards.on('error', () => client.destroy());
    onwards.on('close', () => client.destroySoon());
    client.on('close', () => onwards.destroySoon());
    client.pipe(onwards);
    onwards.pipe(client);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');

  const lookAt = async (backend: Backend): Promise<void> => {
    backend.isReady = await isOk(backend.readyzUrl).catch(() => false);
  };
  const looking = (async () => {
    while (!closing.signal.aborted) {
      await Promise.all([...backends.values()].map(lookAt));
      await pause(lookMs);
    }
  })();

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    add(api) {
      const opsPort = portOf(api, 'api listening', 'opsPort');
      const readyzUrl = `http://127.0.0.1:${opsPort}/readyz`;
      backends.set(api, { port: portOf(api, 'api listening'), readyzUrl, isReady: false });
    },
    remove: (api) => void backends.delete(api),
    async untilReady(count) {
      while ([...backends.values()].filter(({ isReady }) => isReady).length < count)
        await pause(lookMs / 5);
    },
    async close() {
      closing.abort();
      server.close();
      for (const client of clients) client.destroy();
      await looking;
    },
  };
}

async function isOk(url: string): Promise<boolean> {
  const answer = await fetch(url, { signal: AbortSignal.timeout(answerMs) });
  await answer.arrayBuffer();
  return answer.ok;
}
