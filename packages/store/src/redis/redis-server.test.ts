import { describe, expect, it } from 'vitest';
import { readAddress, readRedisUrl, whereabouts } from './redis-server.js';

describe('a URL of Redis', () => {
  it.each([
    ['redis://127.0.0.1', { host: '127.0.0.1', port: 6379, tls: false, db: 0 }],
    ['rediss://[::1]:6380/2', { host: '::1', port: 6380, tls: true, db: 2 }],
    ['redis://:p%40ss@redis.example', { username: undefined, password: 'p@ss' }],
    ['redis://user:a%2Fb@redis.example:1/', { username: 'user', password: 'a/b', port: 1 }],
    ['rediss://user@redis.example', { username: 'user', password: undefined }],
  ])('%s is read', (redisUrl, expected) => {
    expect(readRedisUrl({ redisUrl })).toMatchObject(expected);
  });
});

it('an address may be one of IPv6', () => {
  expect(readAddress('[2001:db8::1]:26379')).toEqual({ host: '2001:db8::1', port: 26379 });
  expect(readAddress('redis-1.example:6379')).toEqual({ host: 'redis-1.example', port: 6379 });
});

it('says where Redis is looked for, and nothing of how one logs in', () => {
  const redisUrl = 'redis://canary:canary@redis.example';
  expect(whereabouts({ redisUrl })).toEqual({
    where: 'at redis.example:6379',
    env: 'BULKWATCH_REDIS_URL',
  });
  const sentinels = whereabouts({ redisUrl, redisSentinels: ['a:1', 'b:2'] });
  expect(sentinels).toEqual({
    where: 'where the Sentinels a:1, b:2 say',
    env: 'BULKWATCH_REDIS_SENTINELS',
  });
  expect(whereabouts({ redisUrl, redisClusterNodes: ['c:3'] }).where).toContain('cluster c:3');
});
