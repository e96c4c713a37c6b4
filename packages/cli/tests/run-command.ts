import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Screen } from '../src/command.js';
import { runCli } from '../src/run-cli.js';

export const bin = fileURLToPath(new URL('../bin/bulkwatch.mjs', import.meta.url));

export interface Ran {
  readonly code: number | null;
  readonly out: string[];
  readonly said: string;
}

export interface Around {
  readonly env?: Record<string, string>;
  readonly stdin?: string;
  readonly screen?: Screen;
  readonly untilStopped?: () => Promise<void>;
}

/** Runs a command in this process, as its main does. */
export async function runCommand(args: readonly string[], around: Around = {}): Promise<Ran> {
  const { env = {}, stdin, screen, untilStopped } = around;
  const out: string[] = [];
  const said: string[] = [];
  const code = await runCli(args, {
    env,
    out: (text) => void out.push(text),
    say: (text) => void said.push(text),
    screen: () => screen,
    ...(stdin === undefined ? {} : { stdin: once(stdin) }),
    ...(untilStopped && { untilStopped }),
  });
  return { code, out, said: said.join('\n') };
}

async function* once(text: string): AsyncGenerator<string, void, void> {
  yield text;
}

const program = `timeout --foreground 20 "${process.execPath}" "${bin}"`;

/** Runs a shell pipeline in which `bulkwatch` is the command; one that hangs is ended with code 124. */
export async function runShell(line: string, env: Record<string, string>): Promise<Ran> {
  const child = spawn(
    'bash',
    ['-c', `set -o pipefail; bulkwatch() { ${program} "$@"; }; ${line}`],
    {
      env: { PATH: process.env['PATH'] ?? '', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  const text = { out: '', said: '' };
  child.stdout.setEncoding('utf8').on('data', (piece: string) => (text.out += piece));
  child.stderr.setEncoding('utf8').on('data', (piece: string) => (text.said += piece));
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code, out: text.out.split('\n').slice(0, -1), said: text.said };
}
