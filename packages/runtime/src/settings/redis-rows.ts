import { hostPorts } from './host-ports.js';
import { flag, host, path, word } from './setting-kinds.js';
import type { SettingRow } from './setting-row.js';

/** How Redis is reached, beyond its URL; see docs/redis.md. */
export const redisRows = [
  {
    key: 'redisPasswordFile',
    env: 'BULKWATCH_REDIS_PASSWORD_FILE',
    kind: path,
    services: ['api', 'worker', 'cli'],
    group: 'Redis',
    description:
      'File of the password of Redis, in place of one in the URL; one trailing newline is dropped. It is read anew for each connection.',
    whenToChange: 'Set it where the password changes while services run, or is a token that ends.',
    example: '/run/secrets/redis-password',
  },
  {
    key: 'redisCertFile',
    env: 'BULKWATCH_REDIS_CERT_FILE',
    kind: path,
    services: ['api', 'worker', 'cli'],
    group: 'Redis',
    description:
      'File of the certificate (PEM) that we show to a rediss:// server. It is read anew for each connection.',
    whenToChange: 'Set it where Redis lets in only who has a certificate (tls-auth-clients).',
    example: '/etc/bulkwatch/redis-client.pem',
  },
  {
    key: 'redisKeyFile',
    env: 'BULKWATCH_REDIS_KEY_FILE',
    kind: path,
    services: ['api', 'worker', 'cli'],
    group: 'Redis',
    description: 'File of the private key (PEM) of BULKWATCH_REDIS_CERT_FILE.',
    whenToChange: 'Set it together with that.',
    example: '/run/secrets/redis-client-key.pem',
  },
  {
    key: 'redisServerName',
    env: 'BULKWATCH_REDIS_SERVER_NAME',
    kind: host,
    services: ['api', 'worker', 'cli'],
    group: 'Redis',
    description:
      'The name that the certificate of a rediss:// server has to be for, in place of the host that is connected to.',
    whenToChange:
      'Set it where Sentinels or a cluster tell IP addresses and certificates are for a name.',
    example: 'redis.example.org',
  },
  {
    key: 'redisSentinels',
    env: 'BULKWATCH_REDIS_SENTINELS',
    kind: hostPorts,
    services: ['api', 'worker', 'cli'],
    group: 'Redis',
    description:
      'The Sentinels that know where the primary is. The host and port of BULKWATCH_REDIS_URL are not used then; its scheme, user, password and database are.',
    whenToChange: 'Set it, with the name of the primary, where Sentinel does the failover.',
    example: 'sentinel-1.example.org:26379,sentinel-2.example.org:26379',
  },
  {
    key: 'redisSentinelPrimary',
    env: 'BULKWATCH_REDIS_SENTINEL_PRIMARY',
    kind: word,
    services: ['api', 'worker', 'cli'],
    group: 'Redis',
    description: 'The name under which the Sentinels know the primary (`sentinel monitor`).',
    whenToChange: 'Set it together with BULKWATCH_REDIS_SENTINELS.',
    example: 'bulkwatch',
  },
  {
    key: 'redisSentinelUser',
    env: 'BULKWATCH_REDIS_SENTINEL_USER',
    kind: word,
    services: ['api', 'worker', 'cli'],
    group: 'Redis',
    description: 'The user to log in with at the Sentinels; without it, their default user.',
    whenToChange: 'Set it where Sentinels have users of their own.',
    example: 'bulkwatch',
  },
  {
    key: 'redisSentinelPassword',
    env: 'BULKWATCH_REDIS_SENTINEL_PASSWORD',
    kind: word,
    secret: true,
    services: ['api', 'worker', 'cli'],
    group: 'Redis',
    description: 'The password to log in with at the Sentinels.',
    whenToChange: 'Set it where Sentinels ask for one; that of Redis is not sent to them.',
    example: 'what-the-sentinels-ask-for',
  },
  {
    key: 'redisSentinelTls',
    env: 'BULKWATCH_REDIS_SENTINEL_TLS',
    kind: flag,
    services: ['api', 'worker', 'cli'],
    group: 'Redis',
    description:
      'Whether Sentinels are spoken to over TLS; without it, as BULKWATCH_REDIS_URL says for Redis.',
    whenToChange: 'Set it where the one speaks TLS and the others do not.',
    example: 'false',
  },
  {
    key: 'redisClusterNodes',
    env: 'BULKWATCH_REDIS_CLUSTER_NODES',
    kind: hostPorts,
    services: ['api', 'worker', 'cli'],
    group: 'Redis',
    description:
      'Some nodes of a Redis Cluster, which tell of the others. The host and port of BULKWATCH_REDIS_URL are not used then; its scheme, user and password are.',
    whenToChange:
      'Set it where Redis is a cluster: to the configuration endpoint of a managed one.',
    example: 'redis-1.example.org:6379,redis-2.example.org:6379',
  },
] as const satisfies readonly SettingRow[];
