import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

export interface ProcessOptions {
  readonly command: string;
  readonly args?: readonly string[];
  /** The whole environment of the child, so that nothing of the developer's shell leaks in; else the test's. */
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** A line of output that tells that the process is ready. Without it, ready means spawned. */
  readonly readyWhen?: RegExp | ((line: string) => boolean);
  /** How long it may take to become ready; 15 s by default. */
  readonly readyTimeoutMs?: number;
  /** Where output goes, appended. Without it, a temporary file that lives as long as the process. */
  readonly logFile?: string;
  /** A directory of the child's that is to be removed when the test's process dies before the child. */
  readonly scratchDirectory?: string;
}

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface RunningProcess {
  readonly pid: number;
  /** Resolves when the process has ended, however it ended. */
  readonly exited: Promise<Exit>;
  /** What it has written so far, standard output and standard error together. */
  lines(): readonly string[];
  /** Sends the signal (SIGTERM by default) and waits; SIGKILL follows when `graceMs` (10 s) is over. */
  stop(signal?: NodeJS.Signals, graceMs?: number): Promise<Exit>;
  /** SIGKILL: the process gets no chance to tidy up. */
  kill(): Promise<Exit>;
  /** SIGSTOP: alive, its sockets open, doing nothing. */
  pause(): void;
  /** SIGCONT. */
  resume(): void;
}

/**
 * Starts a child process for a test. Output goes to a file and never through a pipe: a paused test or a
 * chatty child can then hang nothing. The child is killed with the test's process at the latest.
 * Throws when the command cannot be spawned, or when it ends or stays silent before it is ready.
 */
export async function startProcess(options: ProcessOptions): Promise<RunningProcess> {
  const log = openLog(options.logFile);
  const child = spawn(options.command, options.args ?? [], {
    stdio: ['ignore', log.fd, log.fd],
    ...(options.env !== undefined && { env: options.env }),
    ...(options.cwd !== undefined && { cwd: options.cwd }),
  });
  const exited = new Promise<Exit>((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal }));
  });
  closeSync(log.fd);
  try {
    await once(child, 'spawn');
  } catch (error) {
    log.close();
    throw error;
  }
  endWithTest(child, [log.directory, options.scratchDirectory]);
  child.once('exit', log.close);
  const running = control(child, exited, log.lines);
  await untilReady(running, options);
  return running;
}

function control(
  child: ChildProcess,
  exited: Promise<Exit>,
  lines: RunningProcess['lines'],
): RunningProcess {
  const stop = async (signal: NodeJS.Signals = 'SIGTERM', graceMs = 10_000): Promise<Exit> => {
    child.kill(signal);
    const timer = setTimeout(() => child.kill('SIGKILL'), graceMs);
    try {
      return await exited;
    } finally {
      clearTimeout(timer);
    }
  };
  return {
    pid: child.pid as number,
    exited,
    lines,
    stop,
    kill: () => stop('SIGKILL'),
    pause: () => void child.kill('SIGSTOP'),
    resume: () => void child.kill('SIGCONT'),
  };
}

async function untilReady(running: RunningProcess, options: ProcessOptions): Promise<void> {
  const { readyWhen, readyTimeoutMs = 15_000 } = options;
  if (readyWhen === undefined) return;
  const isReady =
    typeof readyWhen === 'function' ? readyWhen : (line: string) => line.search(readyWhen) >= 0;
  const startedMs = performance.now();
  let exit: Exit | undefined;
  void running.exited.then((how) => {
    exit = how;
  });
  while (!running.lines().some(isReady)) {
    const silent = performance.now() - startedMs > readyTimeoutMs;
    if (exit !== undefined || silent) {
      const error = new Error(notReady(options, exit, running.lines()));
      await running.kill();
      throw error;
    }
    await delay(20);
  }
}

function notReady(options: ProcessOptions, exit: Exit | undefined, lines: readonly string[]) {
  const why = exit === undefined ? 'stayed silent' : `ended (${exit.code ?? exit.signal})`;
  const commandLine = [options.command, ...(options.args ?? [])].join(' ');
  return `${commandLine} ${why} before it was ready. Its last output:\n${lines.slice(-20).join('\n')}`;
}

/** A log in a directory of its own is read once more when the process ends, then removed. */
function openLog(logFile: string | undefined) {
  const directory =
    logFile === undefined ? mkdtempSync(join(tmpdir(), 'bulkwatch-process-')) : undefined;
  const file = logFile ?? join(directory as string, 'output.log');
  const fd = openSync(file, 'a');
  const read = () => readFileSync(file, 'utf8').split('\n').slice(0, -1);
  let kept: string[] | undefined;
  return {
    fd,
    directory,
    lines: () => kept ?? read(),
    close: () => {
      if (directory === undefined) return;
      kept = read();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/**
 * A shell that waits for its standard input to end, which happens however the test's process dies, and then
 * kills the child and tidies up. Exit handlers cannot do this: a test runner may kill its workers outright.
 */
function endWithTest(child: ChildProcess, directories: readonly (string | undefined)[]): void {
  const script = `trap '' HUP INT TERM; read -r _; kill -9 "$1"; shift; rm -rf "$@"`;
  const orphans = directories.filter((directory) => directory !== undefined);
  const guard = spawn('sh', ['-c', script, 'guard', String(child.pid), ...orphans], {
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  guard.unref();
  child.once('exit', () => guard.kill('SIGKILL'));
}
