import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger, createOpsServer, settingsTable } from '@bulkwatch/runtime';
import { freePort, startProcess } from '@bulkwatch/testkit';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { pathOf, readText } from './support/infra-files.js';

const source = 'infra/docker/healthcheck.mjs';
const folder = mkdtempSync(join(tmpdir(), 'bulkwatch-healthcheck-'));
afterAll(() => rmSync(folder, { recursive: true }));

let stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops) await stop();
  stops = [];
});

/** An ops port that is alive and ready, or not. */
async function startOps(
  well: { readonly livez: boolean; readonly readyz: boolean },
  host = '127.0.0.1',
) {
  const ops = createOpsServer({
    host,
    port: 0,
    registry: { contentType: 'text/plain', metrics: async () => '' },
    logger: createLogger({ service: 'worker', level: 'silent' }),
    livez: () => ({ ok: well.livez, checks: {} }),
    readyz: () => ({ ok: well.readyz, checks: {} }),
  });
  stops.push(() => ops.stop());
  return ops.start();
}

/** Runs the script as in the image of a package; gives its exit code. */
async function check(name: string, env: Readonly<Record<string, string>>, ...args: string[]) {
  copyFileSync(pathOf(source), join(folder, 'healthcheck.mjs'));
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: `@bulkwatch/${name}` }));
  const command = { command: process.execPath, args: ['healthcheck.mjs', ...args], cwd: folder };
  return (await (await startProcess({ ...command, env })).exited).code;
}

describe('the health check of the image', () => {
  it('asks a service for /livez, at the port and host of its settings', async () => {
    const { port } = await startOps({ livez: true, readyz: false });
    const env = { BULKWATCH_WORKER_OPS_PORT: `${port}`, BULKWATCH_OPS_HOST: '0.0.0.0' };
    expect(await check('worker', env)).toBe(0);
    expect(await check('worker', env, '/readyz')).toBe(1);
    expect(await check('api', { ...env, BULKWATCH_API_OPS_PORT: `${port}` })).toBe(0);
  });

  it('fails where it is not alive, or nobody is there', async () => {
    const { port } = await startOps({ livez: false, readyz: true });
    expect(await check('worker', { BULKWATCH_WORKER_OPS_PORT: `${port}` })).toBe(1);
    expect(await check('worker', { BULKWATCH_WORKER_OPS_PORT: `${await freePort()}` })).toBe(1);
  });

  it('goes by the defaults of the settings', () => {
    for (const env of ['BULKWATCH_API_OPS_PORT', 'BULKWATCH_WORKER_OPS_PORT']) {
      const row = settingsTable.find((one) => one.env === env);
      expect(readText(source)).toContain(`env.${env} || ${row && 'default' in row && row.default}`);
    }
  });

  it('has nothing against the command line tool, which listens nowhere', async () => {
    expect(await check('cli', {})).toBe(0);
  });
});
