import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { inspectSettings } from './inspect-settings.js';

it('tells where each setting comes from, and shows no secret', () => {
  const folder = mkdtempSync(join(tmpdir(), 'bulkwatch-settings-'));
  const file = join(folder, 'redis-url');
  writeFileSync(file, 'redis://:canary@redis.example\n');
  const { settings, problems } = inspectSettings(['cli', 'worker'], {
    BULKWATCH_REDIS_URL_FILE: file,
    BULKWATCH_API_KEY: 'canary',
    BULKWATCH_PROVIDER_ORIGINS: 'https://ehr.example.org',
  });
  rmSync(folder, { recursive: true });
  const named = new Map(settings.map(({ env, ...rest }) => [env, rest]));

  expect(problems).toEqual([]);
  expect(named.get('BULKWATCH_REDIS_URL')).toMatchObject({ source: 'file', value: '[secret]' });
  expect(named.get('BULKWATCH_API_KEY')).toEqual({
    source: 'variable',
    value: '[secret]',
    services: ['cli'],
  });
  expect(named.get('BULKWATCH_REQUEST_TIMEOUT')).toMatchObject({
    source: 'default',
    value: 30_000,
    unit: 'ms',
  });
  expect(named.get('BULKWATCH_TENANTS_FILE')).toMatchObject({ source: 'unset', value: undefined });
  expect(named.has('BULKWATCH_API_HOST')).toBe(false);
  expect(JSON.stringify(settings)).not.toContain('canary');
});

it('goes on where some cannot be used, and names all of them', () => {
  const { values, problems } = inspectSettings(['cli', 'api', 'worker'], {
    BULKWATCH_REDIS_URL: 'redis://redis.example',
    BULKWATCH_LOG_LEVEL: 'loud',
    BULKWATCH_REDIS_URI: 'redis://redis.example',
  });

  expect(problems.map(({ env }) => env)).toEqual([
    'BULKWATCH_REDIS_URI',
    'BULKWATCH_PROVIDER_ORIGINS',
    'BULKWATCH_LOG_LEVEL',
  ]);
  expect(values.redisUrl?.reveal()).toBe('redis://redis.example');
  expect(values).not.toHaveProperty('logLevel');
});
