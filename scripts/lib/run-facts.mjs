import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { dirname } from 'node:path';
import { findOnPath } from './find-on-path.mjs';
import { runCommand } from './run-command.mjs';

/**
 * Notes when a run begins. What `end` resolves to are the members that every result of docs/reliability has.
 * @param {string} kind verb of the run
 * @param {readonly string[]} args those that it was given
 */
export function beginRun(kind, args) {
  const ranAt = new Date().toISOString();
  const since = performance.now();
  return {
    end: async () => ({
      kind,
      commit: await commit(),
      ranAt,
      machine: await machine(),
      commandLine: ['npm run', kind, ...(args.length > 0 ? ['--'] : []), ...args].join(' '),
      seconds: Math.round((performance.now() - since) / 1000),
    }),
  };
}

/** With `-dirty` where files differ from it. */
async function commit() {
  const args = ['describe', '--always', '--dirty', '--abbrev=12', '--exclude=*'];
  const { ok, output } = await runCommand({ command: 'git', args });
  return ok ? output.trim() : 'unknown';
}

async function machine() {
  const program = findOnPath(['redis-server', 'valkey-server']);
  const { output } = program ? await runCommand({ command: program, args: ['--version'] }) : {};
  return {
    cores: cpus().length,
    memoryBytes: totalmem(),
    node: process.versions.node,
    redis: /v=(\S+)/.exec(output ?? '')?.[1] ?? 'unknown',
  };
}

/** Writes a result where it was asked for. */
export function writeResult(file, result) {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify(result, null, 2)}\n`);
}
