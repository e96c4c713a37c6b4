import { setMaxListeners } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import type { Fault, Healing } from '../fault.js';

/** What hostile callers need of the run. */
export interface ApiFaultContext {
  /** In [0, 1). */
  readonly dice: () => number;
  readonly apiUrl: string;
  /** Of two tenants at least. */
  readonly apiKeys: readonly { readonly tenant: string; readonly text: string }[];
  /** Is told of an answer that nobody should ever get. */
  readonly violation?: (what: string) => void;
  /** Is told of the end of each connection: the status that it was answered with, or null where it was hung up on. */
  readonly ended?: (fault: string, status: number | null) => void;
}

/** A connection to the api on which anything can be written. */
export interface RawCall {
  readonly socket: Socket;
  /** All that came back so far, as Latin-1. */
  received(): string;
  /** Resolves when the connection is gone, or when it was given up. */
  readonly closed: Promise<void>;
}

/** What one hostile caller does again and again; it is not told when to stop, since each turn is short. */
export type HostileTurn = (
  call: () => RawCall,
  context: ApiFaultContext,
  turn: number,
) => Promise<void>;

interface HostileCallers {
  readonly name: string;
  readonly row: string;
  /** At the same time. */
  readonly callers: number;
  /** Between two turns of one of them; so that they do not take the machine from everybody else, 50 by default. */
  readonly restMs?: number;
  /** For how long one connection is held at most; 20 s by default, which is longer than the api puts up with. */
  readonly patienceMs?: number;
  readonly turn: HostileTurn;
}

/** Some hostile callers at once, who go on until they are healed. */
export function hostileCallers({
  name,
  row,
  callers,
  restMs = 50,
  patienceMs = 20_000,
  turn,
}: HostileCallers): Fault<ApiFaultContext> {
  return {
    name: `api-${name}`,
    row,
    kind: 'api',
    async inject(context) {
      const stopping = new AbortController();
      const { signal } = stopping;
      // Each caller rests until it aborts.
      setMaxListeners(0, signal);
      const { hostname, port } = new URL(context.apiUrl);
      const call = () => {
        const made = rawCall(
          hostname,
          Number(port),
          AbortSignal.any([signal, AbortSignal.timeout(patienceMs)]),
        );
        void made.closed.then(() => context.ended?.(`api-${name}`, statusOf(made.received())));
        return made;
      };
      const run = async (): Promise<void> => {
        for (let number = 0; !signal.aborted; number += 1) {
          // The api may be away: that is somebody else's fault.
          await turn(call, context, number).catch(() => undefined);
          await pause(restMs, undefined, { signal }).catch(() => undefined);
        }
      };
      const all = Array.from({ length: callers }, run);
      const healing: Healing = async () => {
        stopping.abort();
        await Promise.all(all);
      };
      return healing;
    },
  };
}

const statusOf = (answer: string): number | null =>
  Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1] ?? 0) || null;

/** How much of an answer is kept, in characters. */
const rememberedMax = 64 * 1024;

function rawCall(host: string, port: number, signal: AbortSignal): RawCall {
  const socket = connect({ host, port });
  let text = '';
  const end = () => socket.destroy();
  signal.addEventListener('abort', end, { once: true });
  if (signal.aborted) end();
  socket.on('error', () => undefined);
  socket.on('data', (chunk: Buffer) => {
    text = `${text}${chunk.toString('latin1')}`.slice(0, rememberedMax);
  });
  const closed = new Promise<void>((resolve) => {
    socket.once('close', () => {
      signal.removeEventListener('abort', end);
      resolve();
    });
  });
  return { socket, received: () => text, closed };
}
