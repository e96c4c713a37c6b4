#!/usr/bin/env node
/**
 * The one door to the house: `npm run start|demo|test|check|simulate|chaos|mutants|mutation|sbom` and `./bulkwatch` all come through here.
 * Node built-ins only, because it runs before anything is installed; each verb is a file in lib/.
 */
import { fileURLToPath } from 'node:url';

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`Bulkwatch needs Node 20.19 or newer; this is ${process.versions.node}.`);
  process.exit(1);
}

const verbs = {
  start: () => import('./lib/start.mjs'),
  demo: () => import('./lib/demo.mjs'),
  test: () => import('./lib/test.mjs'),
  check: () => import('./lib/check.mjs'),
  mutation: () => import('./lib/mutation.mjs'),
  sbom: () => import('./lib/sbom.mjs'),
  simulate: () => import('./lib/simulate.mjs'),
  chaos: () => import('./lib/chaos.mjs'),
  mutants: () => import('./lib/mutants.mjs'),
  prepare: () => import('./lib/prepare.mjs'),
};

const [verb, ...args] = process.argv.slice(2);
if (!Object.hasOwn(verbs, verb ?? '')) {
  console.error(`usage: node scripts/bulkwatch.mjs ${Object.keys(verbs).join('|')} [arguments]`);
  process.exit(2);
}

process.chdir(fileURLToPath(new URL('..', import.meta.url)));
try {
  const { run } = await verbs[verb]();
  process.exitCode = await run(args);
} catch (error) {
  // A Halt has been put into words for the reader; anything else is a fault of ours and shows its stack.
  console.error(error.name === 'Halt' ? `\n${error.message}` : error);
  process.exitCode = 1;
}
