import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A real terminal with bash in it, whatever the terminal of whoever runs the test. */
export interface Terminal {
  /** Types a text as a person would, without Enter. */
  type(text: string): Promise<void>;
  /** Presses keys, called as tmux calls them: `Enter`, `Tab`, `C-c`. */
  press(...keys: readonly string[]): Promise<void>;
  /** Forgets all that was shown, types a command line and presses Enter. */
  enter(line: string): Promise<void>;
  /** What the terminal shows, less the empty lines at its end. */
  screen(options?: {
    readonly colors?: boolean;
    /** With what has gone up and away, and lines that the terminal broke joined. */
    readonly whole?: boolean;
  }): Promise<string>;
  /** Waits until the screen shows it, and gives the screen. */
  until(pattern: RegExp, options?: { readonly whole?: boolean }): Promise<string>;
  /** Whether the cursor can be seen. */
  showsCursor(): Promise<boolean>;
  resize(columns: number, rows: number): Promise<void>;
  close(): Promise<void>;
}

const timeoutMs = 15_000;

/** Opens one of tmux, in a server of its own, with no settings of anybody's. */
export async function openTerminal(env: Readonly<Record<string, string>>): Promise<Terminal> {
  const folder = await mkdtemp(join(tmpdir(), 'bulkwatch-terminal-'));
  const outer = {
    PATH: process.env['PATH'] ?? '',
    LC_ALL: 'C.UTF-8',
    TMUX_TMPDIR: folder,
  };
  const tmux = async (...args: readonly string[]): Promise<string> => {
    const all = ['-u', '-L', 'bulkwatch', '-f', '/dev/null', ...args];
    return (await run('tmux', all, { env: outer })).stdout;
  };
  // Without a history the shell writes nothing as it ends.
  const home = { HOME: folder, HISTFILE: '/dev/null' };
  const inner = { ...env, ...home, LC_ALL: 'C.UTF-8', TERM: 'screen', PS1: '$ ' };
  const words = Object.entries(inner).map(([name, value]) => `${name}=${value}`);
  const size = ['-x', '120', '-y', '30'];
  const shell = ['bash', '--norc', '--noprofile'];
  await tmux('new-session', '-d', ...size, 'env', '-i', ...words, ...shell);

  const terminal: Terminal = {
    type: async (text) => void (await tmux('send-keys', '-l', '--', text)),
    press: async (...keys) => void (await tmux('send-keys', ...keys)),
    async enter(line) {
      await tmux('send-keys', 'clear', 'Enter');
      await terminal.until(/^\$ *$/);
      await tmux('clear-history');
      await tmux('send-keys', '-l', '--', line);
      await tmux('send-keys', 'Enter');
    },
    async screen({ colors = false, whole = false } = {}) {
      const options = [...(colors ? ['-e'] : []), ...(whole ? ['-J', '-S', '-'] : [])];
      const text = await tmux('capture-pane', '-p', ...options);
      return text
        .split('\n')
        .map((line) => line.trimEnd())
        .join('\n')
        .trimEnd();
    },
    async until(pattern, options) {
      const startedMs = performance.now();
      for (;;) {
        const text = await terminal.screen(options);
        if (pattern.test(text)) return text;
        if (performance.now() - startedMs > timeoutMs)
          throw new Error(`The terminal never showed ${pattern}, but:\n${text}`);
        await delay(50);
      }
    },
    showsCursor: async () => (await tmux('display-message', '-p', '#{cursor_flag}')).trim() === '1',
    resize: async (columns, rows) =>
      void (await tmux('resize-window', '-x', String(columns), '-y', String(rows))),
    async close() {
      await tmux('kill-server').catch(() => undefined);
      // tmux does not wait for what it ends, which may still be writing below its home.
      await rm(folder, { recursive: true, force: true, maxRetries: 10 });
    },
  };
  await terminal.until(/^\$ *$/);
  return terminal;
}
