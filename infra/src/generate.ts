/**
 * Writes what is generated below infra. With --check it writes nothing, and exits 1 when a file is not what it would
 * write.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { generatedFiles } from './generated-files.js';

const folder = resolve(import.meta.dirname, '..');

for (const { path, text } of generatedFiles()) {
  const file = join(folder, path);
  if (process.argv.includes('--check')) check(path, file, text);
  else write(file, text);
}

function write(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

function check(path: string, file: string, text: string): void {
  if (read(file) === text) return;
  process.stderr.write(`infra/${path} is stale: run node infra/dist/generate.js\n`);
  process.exitCode = 1;
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
