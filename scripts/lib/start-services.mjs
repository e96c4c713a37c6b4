import { setTimeout as sleep } from 'node:timers/promises';
import { startNode } from './start-child.mjs';

/** A little longer than a service grants itself by default, so that it ends by itself. */
export const graceMs = 30_000;

/**
 * The api and the worker as processes of their own.
 * @param {{ env: NodeJS.ProcessEnv, ports: Ports, logFile?: (name: string) => string }} options
 * @typedef {{ api: number | string, apiOps: number | string, workerOps: number | string }} Ports
 * @returns {import('./start-child.mjs').Child[]}
 */
export function startServices({ env, ports, logFile }) {
  const settings = {
    ...serviceEnv(env),
    BULKWATCH_API_PORT: `${ports.api}`,
    BULKWATCH_API_OPS_PORT: `${ports.apiOps}`,
    BULKWATCH_WORKER_OPS_PORT: `${ports.workerOps}`,
  };
  return ['api', 'worker'].map((name) =>
    startNode({
      name: `the ${name}`,
      script: `services/${name}/dist/main.js`,
      env: settings,
      logFile: logFile?.(name),
    }),
  );
}

/** BULKWATCH_NO_INSTALL speaks to these scripts alone; a service refuses settings that it does not know. */
function serviceEnv(env) {
  return Object.fromEntries(
    Object.entries(env).filter(([name]) => name !== 'BULKWATCH_NO_INSTALL'),
  );
}

/**
 * Resolves when both services say that they are ready, or `signal` is aborted. That a service may end
 * before it is ready is for the caller to watch.
 */
export async function servicesReady(ports, signal) {
  for (const port of [ports.apiOps, ports.workerOps]) {
    while (!signal.aborted && !(await isReady(port))) await sleep(100);
  }
}

async function isReady(port) {
  try {
    const signal = AbortSignal.timeout(2_000);
    const response = await fetch(`http://127.0.0.1:${port}/readyz`, { signal });
    await response.arrayBuffer();
    return response.ok;
  } catch {
    return false;
  }
}
