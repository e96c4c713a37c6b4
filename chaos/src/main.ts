/** `npm run chaos` after its preparation: plays one run and prints what it came to as one line of JSON. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { allFaults } from './all-faults.js';
import { readCommandLine } from './read-command-line.js';
import { composeResult, isGood } from './result.js';
import { runChaos } from './run-chaos.js';

const asked = readCommandLine(process.argv.slice(2));
const folder = mkdtempSync(join(tmpdir(), 'bulkwatch-chaos-'));
const cut = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => cut.abort());
const say = (text: string): void => void process.stderr.write(`${text}\n`);
const startedMs = performance.now();
const ranAt = new Date().toISOString();

say(`seed ${asked.seed}, folder ${folder}`);
let isKept = false;
try {
  const run = await runChaos({
    ...asked,
    folder,
    say,
    faults: allFaults.filter(({ name }) => asked.only.length === 0 || asked.only.includes(name)),
    path: process.env['PATH'] ?? '',
    signal: cut.signal,
  });
  const result = composeResult({
    ...run,
    about: {
      kind: 'chaos',
      commit: execFileSync('git', ['rev-parse', 'HEAD'], { encoding: 'utf8' }).trim(),
      ranAt,
      machine: { cores: cpus().length, memoryBytes: totalmem(), node: process.versions.node },
      commandLine: `npm run chaos -- ${process.argv.slice(2).join(' ')}`,
      seed: asked.seed,
      minutes: asked.minutes,
      seconds: Math.round((performance.now() - startedMs) / 1000),
    },
  });
  const line = JSON.stringify(result);
  process.stdout.write(`${line}\n`);
  if (asked.json !== undefined) writeFileSync(asked.json, `${JSON.stringify(result, null, 2)}\n`);
  isKept = !isGood(result);
  process.exitCode = isKept ? 1 : 0;
} catch (error) {
  isKept = !cut.signal.aborted;
  say(cut.signal.aborted ? 'cut short' : String(error instanceof Error ? error.stack : error));
  process.exitCode = 1;
} finally {
  if (isKept) say(`kept: ${folder}`);
  else rmSync(folder, { recursive: true, force: true });
}
