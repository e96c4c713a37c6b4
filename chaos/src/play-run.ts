import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { allFaults } from './all-faults.js';
import type { CommandLine } from './read-command-line.js';
import { type ChaosResult, composeResult, isGood } from './result.js';
import { runChaos } from './run-chaos.js';
import { bulkwatch, type Subject } from './subject.js';

export interface PlayOptions
  extends Pick<CommandLine, 'seed' | 'minutes' | 'jobs' | 'settleMs' | 'only'> {
  /** What is put to the test; the house of this repository by default. */
  readonly subject?: Subject;
  /** Requests that a provider may have in flight. */
  readonly providerConcurrency?: number;
  /** How the run is had again. */
  readonly commandLine: string;
  /** Where programs are looked for (`PATH`). */
  readonly path: string;
  /** Told now and then how far it is. */
  readonly say: (text: string) => void;
  /** Cuts the run short: what was begun is healed and ended. */
  readonly signal: AbortSignal;
}

/**
 * Plays one run in a folder of its own, and says what it came to. The folder is kept where the run shows a promise broken, or nothing.
 * Rejects where the house cannot be started, or the signal aborts.
 */
export async function playRun(options: PlayOptions): Promise<ChaosResult> {
  const { subject = bulkwatch, seed, minutes, only, commandLine, say, signal } = options;
  const unknown = only.filter((name) => !allFaults.some((fault) => fault.name === name));
  if (unknown.length > 0) throw new Error(`There are no faults ${unknown.join(', ')}.`);
  const folder = mkdtempSync(join(tmpdir(), 'bulkwatch-chaos-'));
  const startedMs = performance.now();
  const ranAt = new Date().toISOString();
  say(`seed ${seed}, folder ${folder}`);
  let isKept = false;
  try {
    const faults = allFaults
      .filter(({ name }) => only.length === 0 || only.includes(name))
      .filter(
        // Who does not listen cannot be killed.
        ({ name }) => subject.isWhole || !name.startsWith('subscriber'),
      );
    const run = await runChaos({ ...options, subject, folder, faults, forMs: minutes * 60_000 });
    const seconds = Math.round((performance.now() - startedMs) / 1000);
    const about = {
      kind: subject.kind,
      commit: commitHere(),
      ranAt,
      machine: machineHere(run.redis),
    };
    const result = composeResult({
      ...run,
      about: { ...about, commandLine, seed, minutes, seconds },
    });
    isKept = !isGood(result);
    return result;
  } catch (error) {
    isKept = !signal.aborted;
    throw error;
  } finally {
    if (isKept) say(`kept: ${folder}`);
    else rmSync(folder, { recursive: true, force: true });
  }
}

/** The commit of this checkout; empty where git does not tell. */
function commitHere(): string {
  try {
    return execFileSync('git', ['rev-parse', 'HEAD'], { encoding: 'utf8' }).trim();
  } catch {
    return '';
  }
}

const machineHere = (redis: string) => ({
  cores: cpus().length,
  memoryBytes: totalmem(),
  node: process.versions.node,
  redis,
});
