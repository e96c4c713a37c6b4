import type { Secret, SettingValues } from '@bulkwatch/runtime';

/** Which Redis and how it is reached: the settings of that name, as docs/redis.md explains them. */
export type RedisServer = {
  readonly [K in OptionalKey]?: SettingValues[K] | undefined;
} & { readonly redisUrl: Secret | string };

type OptionalKey = Exclude<
  Extract<keyof SettingValues, `redis${string}`>,
  'redisUrl' | 'redisConnectTimeoutMs'
>;

/** What of the settings is about reaching Redis. */
export const redisOf = (settings: RedisServer): RedisServer => ({
  redisUrl: settings.redisUrl,
  redisCaFile: settings.redisCaFile,
  redisCertFile: settings.redisCertFile,
  redisKeyFile: settings.redisKeyFile,
  redisServerName: settings.redisServerName,
  redisPasswordFile: settings.redisPasswordFile,
  redisSentinels: settings.redisSentinels,
  redisSentinelPrimary: settings.redisSentinelPrimary,
  redisSentinelUser: settings.redisSentinelUser,
  redisSentinelPassword: settings.redisSentinelPassword,
  redisSentinelTls: settings.redisSentinelTls,
  redisClusterNodes: settings.redisClusterNodes,
});

/** A host and a port. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

export interface RedisUrl extends Address {
  readonly tls: boolean;
  readonly username: string | undefined;
  readonly password: string | undefined;
  readonly db: number;
}

export function readRedisUrl({ redisUrl }: Pick<RedisServer, 'redisUrl'>): RedisUrl {
  const url = new URL(typeof redisUrl === 'string' ? redisUrl : redisUrl.reveal());
  return {
    ...addressOf(url),
    tls: url.protocol === 'rediss:',
    username: decodeURIComponent(url.username) || undefined,
    password: decodeURIComponent(url.password) || undefined,
    db: Number(url.pathname.slice(1)) || 0,
  };
}

/** Reads `host:port` and `[::1]:port`. */
export const readAddress = (text: string): Address => addressOf(new URL(`redis://${text}`));

const defaultPort = 6379;
const addressOf = ({ hostname, port }: URL): Address => ({
  host: hostname.replace(/^\[(.*)\]$/, '$1') || 'localhost',
  port: Number(port) || defaultPort,
});

/** Where it is looked for, and by which setting; for people. */
export function whereabouts(server: RedisServer): { readonly where: string; readonly env: string } {
  const { redisSentinels, redisClusterNodes } = server;
  if (redisSentinels)
    return {
      where: `where the Sentinels ${redisSentinels.join(', ')} say`,
      env: 'BULKWATCH_REDIS_SENTINELS',
    };
  if (redisClusterNodes)
    return {
      where: `where the cluster ${redisClusterNodes.join(', ')} says`,
      env: 'BULKWATCH_REDIS_CLUSTER_NODES',
    };
  const { host, port } = readRedisUrl(server);
  return { where: `at ${host}:${port}`, env: 'BULKWATCH_REDIS_URL' };
}
