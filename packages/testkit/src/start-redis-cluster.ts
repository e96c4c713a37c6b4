import { eventually } from './eventually.js';
import { freePort } from './free-port.js';
import { type Redis, type RedisOptions, startRedis } from './start-redis.js';
import { tellRedis } from './tell-redis.js';

/** Three primaries, and a replica of the one in the middle, which serves the slots 5461 to 10922. */
export interface RedisCluster {
  readonly nodes: readonly ClusterNode[];
  /** Serves the slots in the middle until it is killed, or `switchOver` is called: then the replica does. */
  readonly middle: Redis;
  readonly replica: Redis;
  /** Has replica and primary change places in good order. */
  switchOver(): Promise<void>;
  stop(): Promise<void>;
}

export interface ClusterOptions extends RedisOptions {
  /** Files of a certificate and its key, by which the nodes speak TLS with each other, and on a port of their own with others. */
  readonly tls?: { readonly certFile: string; readonly keyFile: string };
}

export interface ClusterNode extends Redis {
  /** 0 without TLS. */
  readonly tlsPort: number;
  /** Where the nodes speak with each other. */
  readonly busPort: number;
}

/** A node that is silent for so long is taken for dead by the others. */
const nodeTimeoutMs = 1_000;
const ranges = ['0 5460', '5461 10922', '10923 16383'];

/** Starts a Redis Cluster on free loopback ports; it serves when this resolves. Needs Redis 7 or Valkey. */
export async function startRedisCluster(options: ClusterOptions = {}): Promise<RedisCluster> {
  const nodes = await Promise.all([0, 1, 2, 3].map(() => startNode(options)));
  const [first, middle, , replica] = nodes as unknown as readonly [
    ClusterNode,
    ClusterNode,
    ClusterNode,
    ClusterNode,
  ];
  for (const [index, range] of ranges.entries()) {
    const { port } = nodes[index] as Redis;
    await tellRedis(port, `CLUSTER SET-CONFIG-EPOCH ${index + 1}`);
    await tellRedis(port, `CLUSTER ADDSLOTSRANGE ${range}`);
  }
  for (const { port, tlsPort, busPort } of nodes.slice(1))
    await tellRedis(first.port, `CLUSTER MEET 127.0.0.1 ${tlsPort || port} ${busPort}`);
  await untilAll(nodes, 'CLUSTER INFO', /cluster_state:ok[^]*cluster_known_nodes:4/);
  const middleId = idOf(await tellRedis(middle.port, 'CLUSTER MYID'));
  await eventually(() => tellRedis(replica.port, `CLUSTER REPLICATE ${middleId}`), patience);
  await untilAll([replica], 'INFO replication', /master_link_status:up/);
  await untilAll(nodes, 'CLUSTER NODES', new RegExp(`slave ${middleId}`));

  return {
    nodes,
    middle,
    replica,
    async switchOver() {
      await tellRedis(replica.port, 'CLUSTER FAILOVER');
      await untilAll([middle], 'INFO replication', /role:slave[^]*master_link_status:up/);
    },
    async stop() {
      await Promise.all(nodes.map((node) => node.stop()));
    },
  };
}

const patience = { timeoutMs: 15_000, everyMs: 50 };

async function startNode({ settings, tls }: ClusterOptions): Promise<ClusterNode> {
  const busPort = await freePort();
  const tlsPort = tls ? await freePort() : 0;
  const redis = await startRedis({
    settings: {
      'cluster-enabled': 'yes',
      'cluster-port': String(busPort),
      'cluster-node-timeout': String(nodeTimeoutMs),
      'repl-diskless-sync-delay': '0',
      ...(tls && {
        'tls-port': String(tlsPort),
        'tls-cert-file': tls.certFile,
        'tls-key-file': tls.keyFile,
        'tls-ca-cert-file': tls.certFile,
        'tls-auth-clients': 'no',
        'tls-cluster': 'yes',
        'tls-replication': 'yes',
      }),
      ...settings,
    },
  });
  return Object.assign(redis, { busPort, tlsPort });
}

async function untilAll(nodes: readonly Redis[], command: string, says: RegExp): Promise<void> {
  await eventually(async () => {
    for (const { port } of nodes) {
      const reply = await tellRedis(port, command);
      if (!says.test(reply)) throw new Error(`${command} says ${reply}`);
    }
  }, patience);
}

const idOf = (reply: string): string => reply.split('\r\n')[1] ?? '';
