import type { FaultProxy } from '@bulkwatch/testkit';
import type { Fault, Healing } from '../fault.js';

/** What these need of the run: the proxies between its processes and Redis. */
export interface NetworkFaultContext {
  readonly dice: () => number;
  readonly workers: () => readonly { readonly proxy: FaultProxy }[];
  readonly api: () => { readonly proxy: FaultProxy };
}

/** Whose way to Redis it is. */
type Whose = (context: NetworkFaultContext) => readonly FaultProxy[];

const aWorkers: Whose = ({ dice, workers }) => {
  const all = workers();
  return all
    .slice(Math.floor(dice() * all.length))
    .slice(0, 1)
    .map(proxyOf);
};
const allWorkers: Whose = ({ workers }) => workers().map(proxyOf);
const theApis: Whose = ({ api }) => [api().proxy];
const everybodys: Whose = (context) => [...allWorkers(context), ...theApis(context)];
const anybodys: Whose = (context) => {
  const all = everybodys(context);
  return all.slice(Math.floor(context.dice() * all.length)).slice(0, 1);
};

function proxyOf({ proxy }: { readonly proxy: FaultProxy }): FaultProxy {
  return proxy;
}

interface Trouble {
  readonly name: string;
  readonly row: string;
  readonly whose: Whose;
  /** What is done to each of the ways. */
  trouble(proxy: FaultProxy, dice: () => number): void;
}

const cut = (proxy: FaultProxy): void => proxy.cut();
const stall = (proxy: FaultProxy): void => proxy.stall();

const troubles: readonly Trouble[] = [
  { name: 'worker-cut-off', row: 'B8', whose: aWorkers, trouble: cut },
  { name: 'workers-cut-off', row: 'B8', whose: allWorkers, trouble: cut },
  { name: 'api-cut-off', row: 'B8', whose: theApis, trouble: cut },
  { name: 'worker-link-down', row: 'C2', whose: aWorkers, trouble: stall },
  { name: 'all-links-down', row: 'C2', whose: everybodys, trouble: stall },
  {
    name: 'half-open',
    row: 'C1',
    whose: anybodys,
    trouble(proxy) {
      proxy.mutesNew = true;
      for (const connection of proxy.connections) connection.mute();
    },
  },
  {
    name: 'slow-network',
    row: 'B6',
    whose: everybodys,
    trouble(proxy, dice) {
      proxy.delayMs = 50 + dice() * 450;
    },
  },
  {
    name: 'narrow-network',
    row: 'B6',
    whose: anybodys,
    trouble(proxy, dice) {
      proxy.bytesPerSecond = 20_000 + dice() * 200_000;
    },
  },
  {
    name: 'replies-lost',
    row: 'B7',
    whose: everybodys,
    trouble(proxy, dice) {
      for (let count = 1 + dice() * 5; count > 1; count -= 1) void proxy.dropNextReply('evalsha');
    },
  },
];

/** All troubles of the network between the house and Redis. */
export const networkFaults: readonly Fault<NetworkFaultContext>[] = troubles.map(
  ({ name, row, whose, trouble }) => ({
    name,
    row,
    kind: 'network',
    async inject(context) {
      const ways = whose(context);
      for (const way of ways) trouble(way, context.dice);
      return healing(ways);
    },
  }),
);

const healing =
  (ways: readonly FaultProxy[]): Healing =>
  async () => {
    for (const way of ways) {
      way.delayMs = 0;
      way.bytesPerSecond = Number.POSITIVE_INFINITY;
      way.mend();
    }
  };
