/**
 * Writes dashboards/fleet.json from src/fleet.mjs. With --check it writes nothing and exits 1 when the file
 * is not what it would write.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fleet } from './src/fleet.mjs';

const file = new URL('dashboards/fleet.json', import.meta.url);
const text = `${JSON.stringify(fleet, null, 2)}\n`;

if (!process.argv.includes('--check')) {
  writeFileSync(file, text);
} else if (read() !== text) {
  console.error(
    'infra/grafana/dashboards/fleet.json is stale: run node infra/grafana/build-fleet.mjs',
  );
  process.exitCode = 1;
}

function read() {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
