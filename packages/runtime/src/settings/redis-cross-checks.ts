import type { SettingsProblem } from './settings-error.js';
import type { SettingValues } from './settings-table.js';

type ReadValues = Partial<SettingValues>;
type Key = keyof SettingValues;

const envOf = {
  redisCaFile: 'BULKWATCH_REDIS_CA_FILE',
  redisCertFile: 'BULKWATCH_REDIS_CERT_FILE',
  redisKeyFile: 'BULKWATCH_REDIS_KEY_FILE',
  redisServerName: 'BULKWATCH_REDIS_SERVER_NAME',
  redisSentinels: 'BULKWATCH_REDIS_SENTINELS',
  redisSentinelPrimary: 'BULKWATCH_REDIS_SENTINEL_PRIMARY',
  redisSentinelUser: 'BULKWATCH_REDIS_SENTINEL_USER',
  redisSentinelPassword: 'BULKWATCH_REDIS_SENTINEL_PASSWORD',
  redisSentinelTls: 'BULKWATCH_REDIS_SENTINEL_TLS',
  redisClusterNodes: 'BULKWATCH_REDIS_CLUSTER_NODES',
  redisPasswordFile: 'BULKWATCH_REDIS_PASSWORD_FILE',
} as const satisfies Partial<Record<Key, string>>;
type RedisKey = keyof typeof envOf;

/** Problems of the settings of Redis that are fine by themselves but not together. */
export function crossCheckRedis(values: ReadValues): SettingsProblem[] {
  const { redisUrl } = values;
  const problem = (key: RedisKey, message: string): SettingsProblem => ({
    env: envOf[key],
    message,
  });
  const isSet = (key: RedisKey): boolean => values[key] !== undefined;
  /** Where the first is set and the second is not. */
  const needs = (key: RedisKey, other: RedisKey): SettingsProblem[] =>
    isSet(key) && !isSet(other) ? [problem(key, `needs ${envOf[other]}`)] : [];
  const refuse = (keys: readonly RedisKey[], when: boolean, message: string): SettingsProblem[] =>
    when ? keys.filter(isSet).map((key) => problem(key, message)) : [];

  const url = redisUrl && new URL(redisUrl.reveal());
  // Whoever names an authority or a certificate believes that the connection is encrypted.
  const inClear =
    url !== undefined && url.protocol !== 'rediss:' && values.redisSentinelTls !== true;
  return [
    ...refuse(
      ['redisCaFile', 'redisCertFile', 'redisKeyFile', 'redisServerName'],
      inClear,
      'needs a BULKWATCH_REDIS_URL that begins with rediss://',
    ),
    ...refuse(
      ['redisPasswordFile'],
      url !== undefined && url.password !== '',
      'is set together with a password in BULKWATCH_REDIS_URL: set one',
    ),
    ...refuse(
      ['redisClusterNodes'],
      isSet('redisSentinels'),
      'is set together with BULKWATCH_REDIS_SENTINELS: set one',
    ),
    ...refuse(
      ['redisClusterNodes'],
      url !== undefined && Number(url.pathname.slice(1) || 0) !== 0,
      'needs a BULKWATCH_REDIS_URL without a database: a cluster has one alone',
    ),
    ...needs('redisCertFile', 'redisKeyFile'),
    ...needs('redisKeyFile', 'redisCertFile'),
    ...needs('redisSentinels', 'redisSentinelPrimary'),
    ...needs('redisSentinelPrimary', 'redisSentinels'),
    ...needs('redisSentinelUser', 'redisSentinelPassword'),
    ...needs('redisSentinelPassword', 'redisSentinels'),
    ...needs('redisSentinelTls', 'redisSentinels'),
  ];
}
