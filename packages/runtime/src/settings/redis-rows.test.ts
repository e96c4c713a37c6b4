import { describe, expect, it } from 'vitest';
import { loadSettings } from './load-settings.js';
import { SettingsError } from './settings-error.js';

const load = (env: Record<string, string>) => loadSettings('cli', env);

function problemsOf(env: Record<string, string>): Record<string, string> {
  try {
    load(env);
    return {};
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    return Object.fromEntries(error.problems.map((one) => [one.env, one.message]));
  }
}

const tls = { BULKWATCH_REDIS_URL: 'rediss://redis.example' };
const sentinels = {
  BULKWATCH_REDIS_SENTINELS: 'a:1,b:2',
  BULKWATCH_REDIS_SENTINEL_PRIMARY: 'bulkwatch',
};

describe('the settings of Redis', () => {
  it('take hosts with ports, each once and in one spelling', () => {
    const { redisClusterNodes } = load({
      BULKWATCH_REDIS_CLUSTER_NODES:
        'Redis-1.example:6379, [2001:DB8::1]:06380,redis-1.example:6379',
    });
    expect(redisClusterNodes).toEqual(['redis-1.example:6379', '[2001:db8::1]:6380']);
  });

  it.each(['redis', 'redis:', ':1', 'a:0', 'a:65536', '::1:6379', 'redis://a:1', 'a:1/0', 'u@a:1'])(
    'take no %s for a host with a port',
    (text) => {
      expect(problemsOf({ BULKWATCH_REDIS_CLUSTER_NODES: text })).toEqual({
        BULKWATCH_REDIS_CLUSTER_NODES: expect.stringContaining('entry 1 is no host with a port'),
      });
    },
  );

  it.each([
    ['certificates in clear', { BULKWATCH_REDIS_SERVER_NAME: 'a' }, 'BULKWATCH_REDIS_SERVER_NAME'],
    ['half a certificate', { ...tls, BULKWATCH_REDIS_CERT_FILE: 'a' }, 'BULKWATCH_REDIS_CERT_FILE'],
    ['half of it otherwise', { ...tls, BULKWATCH_REDIS_KEY_FILE: 'a' }, 'BULKWATCH_REDIS_KEY_FILE'],
    [
      'two passwords',
      { BULKWATCH_REDIS_URL: 'redis://:a@b', BULKWATCH_REDIS_PASSWORD_FILE: 'c' },
      'BULKWATCH_REDIS_PASSWORD_FILE',
    ],
    [
      'Sentinels that are not told whom to look for',
      { BULKWATCH_REDIS_SENTINELS: 'a:1' },
      'BULKWATCH_REDIS_SENTINELS',
    ],
    [
      'a name that nobody is asked for',
      { BULKWATCH_REDIS_SENTINEL_PRIMARY: 'a' },
      'BULKWATCH_REDIS_SENTINEL_PRIMARY',
    ],
    [
      'a user without a password',
      { ...sentinels, BULKWATCH_REDIS_SENTINEL_USER: 'a' },
      'BULKWATCH_REDIS_SENTINEL_USER',
    ],
    [
      'Sentinels and a cluster',
      { ...sentinels, BULKWATCH_REDIS_CLUSTER_NODES: 'c:1' },
      'BULKWATCH_REDIS_CLUSTER_NODES',
    ],
    [
      'a database of a cluster',
      { BULKWATCH_REDIS_URL: 'redis://a/1', BULKWATCH_REDIS_CLUSTER_NODES: 'c:1' },
      'BULKWATCH_REDIS_CLUSTER_NODES',
    ],
  ])('refuse %s', (_what, env, name) => {
    expect(Object.keys(problemsOf(env as Record<string, string>))).toEqual([name]);
  });

  it('show no password of Sentinels', () => {
    const settings = load({ ...sentinels, BULKWATCH_REDIS_SENTINEL_PASSWORD: 'canary' });
    expect(JSON.stringify(settings)).not.toContain('canary');
    expect(settings.redisSentinelPassword?.reveal()).toBe('canary');
  });
});
