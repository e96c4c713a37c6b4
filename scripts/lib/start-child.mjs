import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { atExit } from './at-exit.mjs';

const leash = new URL('./leash.mjs', import.meta.url).href;

/**
 * A process of ours that runs until it is stopped.
 * @typedef {object} Child
 * @property {string} name
 * @property {number | undefined} pid undefined when it could not even be started
 * @property {Promise<string>} ended resolves when it is gone, to how it ended
 * @property {(graceMs: number) => Promise<void>} stop SIGTERM, and SIGKILL when the grace is over
 */

/**
 * Starts a process in a group of its own, so that Ctrl-C in a terminal reaches only us and we choose the
 * order in which things stop. It is killed when we end, however we end.
 * @param {{ name: string, command: string, args: string[], env?: NodeJS.ProcessEnv, logFile?: string, leashed?: boolean }} options
 *   without a `logFile` it writes where we write; `leashed` opens the channel that leash.mjs listens to.
 * @returns {Child}
 */
export function startChild({ name, command, args, env = process.env, logFile, leashed = false }) {
  const output = logFile ? openSync(logFile, 'a') : 'inherit';
  const stdio = ['ignore', output, output, ...(leashed ? ['ipc'] : [])];
  const child = spawn(command, args, { env, detached: true, stdio });
  if (logFile) closeSync(output);
  const forget = atExit(() => child.kill('SIGKILL'));
  const ended = new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) => resolve(signal ?? `exit code ${code}`));
  }).finally(forget);
  return { name, pid: child.pid, ended, stop: (graceMs) => stopChild(child, ended, graceMs) };
}

/** Starts one of our own programs with node, on the leash. */
export function startNode({ script, args = [], ...options }) {
  return startChild({
    ...options,
    command: process.execPath,
    args: ['--import', leash, script, ...args],
    leashed: true,
  });
}

async function stopChild(child, ended, graceMs) {
  child.kill('SIGTERM');
  const killer = setTimeout(() => child.kill('SIGKILL'), graceMs);
  await ended;
  clearTimeout(killer);
}
