import { mkdtemp, readdir, readFile, rm, stat, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type RunningProcess, startProcess } from './start-process.js';

/** Ends a trouble. Never throws, and may be called again, or after the server has ended. */
export type Heal = () => Promise<void>;

/** What is done to the system calls by which a process writes one file. */
interface Tracing {
  readonly pid: number;
  readonly file: string;
  /** As strace has it after `inject=`. */
  readonly injection: string;
}

interface RunningTrace {
  /** Bytes that were written while it ran. */
  written(): Promise<number>;
  /** Ends it at once, whatever it holds. */
  letGo(): Promise<unknown>;
  stop: Heal;
}

/** Longer than any test waits. */
const neverMs = 3_600_000;
/** What is idle has nothing that is not synced; for so long a write is waited for. */
const writesWithinMs = 1_000;

/** Has every sync of the file take so much longer. */
export async function slowSyncs(pid: number, directory: string, ms: number): Promise<Heal> {
  const file = await appendOnlyFile(directory);
  return (await trace({ pid, file, injection: syncsTake(ms) })).stop;
}

/** Has the file's disk be full. */
export async function refuseWrites(pid: number, directory: string): Promise<Heal> {
  const file = await appendOnlyFile(directory);
  return (await trace({ pid, file, injection: 'write:error=ENOSPC' })).stop;
}

export interface PowerCut {
  /** For how long nothing reaches the disk any more before the power fails: what is answered in that time is lost. 0 where not given. */
  readonly unsyncedMs?: number;
  /** Share of the bytes that were not synced which are on the disk all the same, in [0, 1]. 0 where not given. */
  readonly kept?: number;
}

/**
 * Ends the server in the middle of a sync, and cuts from its append-only file what no sync that has ended had seen: what is
 * left is what a disk may have after a power cut. `kill` must end the server at once. Returns the number of bytes lost, 0 also
 * where the one write that was not synced was made just before this began to look.
 */
export async function cutPower(
  { pid, kill }: { pid: number; kill: () => Promise<unknown> },
  directory: string,
  { unsyncedMs = 0, kept = 0 }: PowerCut,
): Promise<number> {
  const file = await appendOnlyFile(directory);
  const running = await trace({ pid, file, injection: syncsTake(neverMs) });
  const untilMs = performance.now() + writesWithinMs;
  while ((await running.written()) === 0 && performance.now() < untilMs) await delay(5);
  await delay(unsyncedMs);
  const dying = kill();
  // A process that is held in a system call dies when whoever holds it does.
  await running.letGo();
  await dying;
  const unsynced = await running.written();
  await running.stop();
  const lost = unsynced - Math.floor(unsynced * kept);
  await truncate(file, (await stat(file)).size - lost);
  return lost;
}

const syncsTake = (ms: number): string => `fsync,fdatasync:delay_enter=${Math.round(ms * 1_000)}`;

/** The one that is written to: since Redis 7 it has a folder of its own and a number. */
async function appendOnlyFile(directory: string): Promise<string> {
  const folder = join(directory, 'appendonlydir');
  const names = await readdir(folder).catch(() => []);
  const numbered = names.filter((name) => name.endsWith('.incr.aof'));
  const numberOf = (name: string): number => Number(/\.(\d+)\.incr/.exec(name)?.[1]);
  const newest = numbered.toSorted((one, other) => numberOf(one) - numberOf(other)).at(-1);
  return newest === undefined ? join(directory, 'appendonly.aof') : join(folder, newest);
}

/** Attaches strace, which lets go of the process when it ends itself. Throws where it may not, or is not there. */
async function trace({ pid, file, injection }: Tracing): Promise<RunningTrace> {
  const folder = await mkdtemp(join(tmpdir(), 'bulkwatch-strace-'));
  const log = join(folder, 'log');
  const args = ['-f', '-s', '0', '-e', 'signal=none', '-e', 'trace=write,fsync,fdatasync'];
  const tracer = await attach(
    [...args, '-P', file, '-e', `inject=${injection}`, '-o', log, '-p', String(pid)],
    folder,
  ).catch(async (error: unknown) => {
    await rm(folder, { recursive: true, force: true });
    throw error;
  });
  return {
    async written() {
      const lines = (await readFile(log, 'utf8')).split('\n');
      const counts = lines.map((line) => Number(/\bwrite\b.*= (\d+)$/.exec(line)?.[1] ?? 0));
      return counts.reduce((sum, count) => sum + count, 0);
    },
    letGo: () => tracer.kill(),
    async stop() {
      await tracer.stop('SIGTERM', 1_000);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function attach(args: readonly string[], folder: string): Promise<RunningProcess> {
  try {
    return await startProcess({
      command: 'strace',
      args,
      scratchDirectory: folder,
      readyWhen: /attached/,
    });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    throw new Error('strace is not on PATH: install it to have a disk in trouble.', {
      cause: error,
    });
  }
}
