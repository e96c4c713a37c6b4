import { spawn } from 'node:child_process';
import { Halt } from './halt.mjs';

/**
 * Runs a command to its end and keeps what it prints to itself.
 * @param {{ command: string, args?: string[], env?: NodeJS.ProcessEnv, cwd?: string, withinMs?: number, stop?: AbortSignal }} options
 *   `withinMs`, after which it gets SIGTERM, and so it does when `stop` is aborted
 * @returns {Promise<{ ok: boolean, output: string }>} `ok` is false for a non-zero end or a missing command.
 */
export function runCommand({ command, args = [], env = process.env, cwd, withinMs, stop }) {
  return new Promise((resolve) => {
    const stdio = ['ignore', 'pipe', 'pipe'];
    const child = spawn(command, args, { env, cwd, stdio, timeout: withinMs });
    const end = () => child.kill('SIGTERM');
    stop?.addEventListener('abort', end, { once: true });
    const chunks = [];
    child.stdout.on('data', (chunk) => chunks.push(chunk));
    child.stderr.on('data', (chunk) => chunks.push(chunk));
    child.once('error', (error) => resolve({ ok: false, output: error.message }));
    child.once('close', (code) => {
      stop?.removeEventListener('abort', end);
      resolve({ ok: code === 0, output: Buffer.concat(chunks).toString('utf8') });
    });
  });
}

/**
 * Runs a command in the open: it writes where we write.
 * @returns {Promise<boolean>} whether it ended with 0.
 */
export function runInTheOpen({ command, args = [], env = process.env }) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { env, stdio: ['ignore', 'inherit', 'inherit'] });
    child.once('error', (error) => {
      console.error(error.message);
      resolve(false);
    });
    child.once('close', (code) => resolve(code === 0));
  });
}

/** As `runCommand`, but a failure halts with everything the command printed. */
export async function mustRun({ what, ...options }) {
  const { ok, output } = await runCommand(options);
  if (ok) return;
  const line = [options.command, ...(options.args ?? [])].join(' ');
  throw new Halt(`${output.trimEnd()}\n\nCould not ${what}: \`${line}\` failed, see above.`);
}
