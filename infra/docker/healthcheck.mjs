/**
 * For Docker's HEALTHCHECK: exits with 0 when the program of this image answers that it is well, else with 1.
 *
 *   node healthcheck.mjs [PATH]    services are asked for /livez unless another path is named
 *
 * /livez asks nobody else, so that whoever replaces what is unhealthy does not do so while Redis is away.
 */
import { readFileSync } from 'node:fs';

const { env } = process;
const { name } = JSON.parse(readFileSync(new URL('package.json', import.meta.url), 'utf8'));

/** Where each program listens: by its setting, else by the default of that. */
const listeners = {
  '@bulkwatch/api': { port: env.BULKWATCH_API_OPS_PORT || 9101, path: '/livez' },
  '@bulkwatch/worker': { port: env.BULKWATCH_WORKER_OPS_PORT || 9102, path: '/livez' },
  '@bulkwatch/simulator': { port: env.SIMULATOR_PORT || 8090, path: '/_simulator/exports' },
};

/** An address to connect to where that of the setting is one to listen on. */
function hostOf(listening) {
  if (!listening || listening === '0.0.0.0') return '127.0.0.1';
  if (listening === '::') return '[::1]';
  return listening.includes(':') ? `[${listening}]` : listening;
}

// The command line tool listens nowhere: it is well as long as it runs.
const listener = listeners[name];
if (listener) {
  const path = process.argv[2] ?? listener.path;
  const host = hostOf(env.BULKWATCH_OPS_HOST);
  const ok = await fetch(`http://${host}:${listener.port}${path}`, {
    signal: AbortSignal.timeout(4_000),
  }).then(
    (response) => response.ok,
    () => false,
  );
  process.exit(ok ? 0 : 1);
}
