import { fileURLToPath } from 'node:url';
import type { Scope } from '@bulkwatch/contract';
import { freePort, type Redis, type RunningProcess, startProcess } from '@bulkwatch/testkit';

const main = fileURLToPath(new URL('../../../services/api/dist/main.js', import.meta.url));
const cli = fileURLToPath(new URL('../../cli/bin/bulkwatch.mjs', import.meta.url));

/** The only origin that may be polled. */
export const provider = 'https://ehr.example.org';

/** The api as a process of its own, which can be ended and started again where it was. */
export async function apiProcess(redis: Redis, settings: Record<string, string> = {}) {
  const port = await freePort();
  const start = (): Promise<RunningProcess> =>
    startProcess({
      command: process.execPath,
      args: [main],
      readyWhen: /"api listening"/,
      env: {
        BULKWATCH_REDIS_URL: redis.url,
        BULKWATCH_PROVIDER_ORIGINS: provider,
        BULKWATCH_API_PORT: String(port),
        BULKWATCH_API_OPS_PORT: '0',
        BULKWATCH_DANGEROUSLY_ALLOW_ANONYMOUS: 'true',
        ...settings,
      },
    });
  let child = await start();
  return {
    baseUrl: `http://127.0.0.1:${port}`,
    kill: () => child.kill(),
    stop: () => child.stop(),
    async start() {
      child = await start();
    },
  };
}

/** Makes an API key as operators do, on the command line. */
export async function createKey(redis: Redis, tenant: string, ...scopes: Scope[]): Promise<string> {
  const options = ['--tenant', tenant, '--name', tenant, ...scopes.flatMap((s) => ['--scope', s])];
  const child = await startProcess({
    command: process.execPath,
    args: [cli, 'keys', 'create', ...options],
    env: { BULKWATCH_REDIS_URL: redis.url },
  });
  await child.exited;
  const key = child.lines().find((line) => line.startsWith('bwk_'));
  if (key === undefined) throw new Error(child.lines().join('\n'));
  return key;
}
