import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const script = fileURLToPath(new URL('./bulkwatch.mjs', import.meta.url));

function bulkwatch(verb, env = {}) {
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('BULKWATCH_'));
  const { status, stderr } = spawnSync(process.execPath, [script, verb], {
    env: { ...Object.fromEntries(inherited), ...env },
    encoding: 'utf8',
  });
  return { status, stderr };
}

describe('bulkwatch.mjs', () => {
  it('names its verbs to somebody who asks for another one', () => {
    expect(bulkwatch('launch')).toEqual({
      status: 2,
      stderr:
        'usage: node scripts/bulkwatch.mjs start|demo|test|check|mutation|sbom|simulate|chaos|mutants|prepare [arguments]\n',
    });
  });

  it('says what start lacks, and what needs no settings', () => {
    const { status, stderr } = bulkwatch('start');

    expect(status).toBe(1);
    expect(stderr).toContain('BULKWATCH_PROVIDER_ORIGINS is not set');
    expect(stderr).toContain('npm run demo');
  });

  it.each(['demo', 'test'])('%s says how to get a Redis that it may not install', (verb) => {
    const { status, stderr } = bulkwatch(verb, { PATH: '', BULKWATCH_NO_INSTALL: '1' });

    expect(status).toBe(1);
    expect(stderr).toMatch(/^\nredis-server or valkey-server is needed and not on PATH: install/);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });
});
