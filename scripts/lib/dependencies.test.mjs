import { tmpdir } from 'node:os';
import { describe, expect, it } from 'vitest';
import { packageManagerEnv } from './dependencies.mjs';

describe('packageManagerEnv', () => {
  it('forgets what the outer npm said about itself, and keeps what the user set', () => {
    const env = {
      HOME: tmpdir(),
      npm_lifecycle_event: 'test',
      npm_config_local_prefix: '/elsewhere',
      npm_config_yes: '',
      npm_config_cache: '/cache',
    };

    expect(packageManagerEnv(env)).toEqual({ HOME: tmpdir(), npm_config_cache: '/cache' });
  });

  it.each([undefined, '', '/nowhere'])('finds a home for the caches when HOME is %j', (HOME) => {
    const env = packageManagerEnv({ HOME });

    expect(env.HOME).toMatch(/\.bulkwatch/);
    expect(env.npm_config_cache?.startsWith(env.HOME)).toBe(true);
  });
});
