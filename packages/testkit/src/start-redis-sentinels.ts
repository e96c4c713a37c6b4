import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from './eventually.js';
import { freePort } from './free-port.js';
import { type RunningProcess, startProcess } from './start-process.js';
import { type Redis, type RedisOptions, startRedis } from './start-redis.js';
import { tellRedis } from './tell-redis.js';

/** A primary with a replica, and three Sentinels, of which two have to agree on a failover. */
export interface SentinelHouse {
  readonly primary: Redis;
  readonly replica: Redis;
  /** `host:port` of each Sentinel. */
  readonly sentinels: readonly string[];
  /** Name of the primary. */
  readonly name: string;
  /** Has primary and replica change places in good order. */
  switchOver(): Promise<void>;
  /** Ends one of the Sentinels. */
  killSentinel(index: number): Promise<void>;
  stop(): Promise<void>;
}

export interface SentinelOptions extends RedisOptions {
  /** Password of the Sentinels themselves. */
  readonly sentinelPassword?: string;
  /** Files of a certificate and its key, by which Redis speaks TLS, on the port that the Sentinels tell. */
  readonly tls?: { readonly certFile: string; readonly keyFile: string };
}

const name = 'bulkwatch';
const quorum = 2;
/** A primary that is silent for so long is taken for dead by a Sentinel. */
const downAfterMs = 1_000;

/** Starts it all on free loopback ports; a failover is possible when this resolves. */
export async function startSentinelHouse(options: SentinelOptions = {}): Promise<SentinelHouse> {
  const { settings } = options;
  const common = {
    'repl-diskless-sync-delay': '0',
    ...settings,
  };
  const primary = await startNode(common, options.tls);
  const replica = await startNode(
    { ...common, replicaof: `127.0.0.1 ${primary.toldPort}` },
    options.tls,
  );
  const folder = await mkdtemp(join(tmpdir(), 'bulkwatch-sentinel-'));
  const ports = await Promise.all([0, 1, 2].map(freePort));
  const processes = await Promise.all(
    ports.map(async (port) => {
      const file = join(folder, `${port}.conf`);
      await writeFile(file, configuration(port, ports, { primary, replica, ...options }));
      return startSentinel(file, folder);
    }),
  );
  await eventually(
    async () => {
      for (const port of ports) {
        const reply = await tellRedis(port, `SENTINEL CKQUORUM ${name}`, options.sentinelPassword);
        if (!/OK 3 usable/.test(reply)) throw new Error(reply);
      }
      const reply = await tellRedis(replica.port, 'INFO replication');
      if (!/master_link_status:up/.test(reply)) throw new Error(reply);
    },
    { timeoutMs: 15_000, everyMs: 50 },
  );

  return {
    primary,
    replica,
    sentinels: ports.map((port) => `127.0.0.1:${port}`),
    name,
    async switchOver() {
      await tellRedis(ports[0] ?? 0, `SENTINEL FAILOVER ${name}`, options.sentinelPassword);
    },
    async killSentinel(index) {
      await processes[index]?.kill();
    },
    async stop() {
      await Promise.all(processes.map((one) => one.kill()));
      await Promise.all([primary.stop(), replica.stop()]);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** One of the two. What Sentinels tell, and replicate by, is its port for TLS where there is one. */
async function startNode(
  settings: Readonly<Record<string, string>>,
  tls: SentinelOptions['tls'],
): Promise<Node> {
  const tlsPort = tls && (await freePort());
  const redis = await startRedis({
    settings: { ...settings, ...(tls && { ...tlsSettings(tls), 'tls-port': String(tlsPort) }) },
  });
  return Object.assign(redis, { toldPort: tlsPort ?? redis.port });
}

type Node = Redis & { readonly toldPort: number };

const tlsSettings = ({ certFile, keyFile }: NonNullable<SentinelOptions['tls']>) => ({
  'tls-cert-file': certFile,
  'tls-key-file': keyFile,
  'tls-ca-cert-file': certFile,
  'tls-auth-clients': 'no',
  'tls-replication': 'yes',
});

/** Redis and Valkey are Sentinels too. */
async function startSentinel(file: string, folder: string): Promise<RunningProcess> {
  const start = (command: string): Promise<RunningProcess> =>
    startProcess({ command, args: [file, '--sentinel'], scratchDirectory: folder });
  return start('redis-server').catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
    return start('valkey-server');
  });
}

/** They know of each other and of the replica from the start, which they would need seconds to find out. */
function configuration(
  port: number,
  ports: readonly number[],
  house: SentinelOptions & { readonly primary: Node; readonly replica: Node },
): string {
  const { sentinelPassword, tls, primary, replica } = house;
  const others = ports.filter((other) => other !== port);
  return [
    `port ${port}`,
    'bind 127.0.0.1',
    `sentinel myid ${idOf(port)}`,
    `sentinel monitor ${name} 127.0.0.1 ${primary.toldPort} ${quorum}`,
    `sentinel down-after-milliseconds ${name} ${downAfterMs}`,
    `sentinel failover-timeout ${name} 3000`,
    ...Object.entries(tls ? tlsSettings(tls) : {}).map((directive) => directive.join(' ')),
    ...(sentinelPassword
      ? [`requirepass ${sentinelPassword}`, `sentinel sentinel-pass ${sentinelPassword}`]
      : []),
    `sentinel known-replica ${name} 127.0.0.1 ${replica.toldPort}`,
    ...others.map((other) => `sentinel known-sentinel ${name} 127.0.0.1 ${other} ${idOf(other)}`),
    '',
  ].join('\n');
}

const idOf = (port: number): string => createHash('sha1').update(String(port)).digest('hex');
