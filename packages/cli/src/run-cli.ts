import { type Environment, loadSettings, nearestName, version } from '@bulkwatch/runtime';
import type { Store } from '@bulkwatch/store';
import { type AuditStatus, audit } from './audit.js';
import type { AuditTarget, Command, CommandParts, Screen } from './command.js';
import { UsageError } from './command-error.js';
import { commandTable } from './command-table.js';
import { type ExitName, exitCodes } from './exit-codes.js';
import { findCommand } from './find-command.js';
import { help, helpOf } from './help.js';
import { openClient } from './open-client.js';
import { paintForTerminal, paintNothing } from './paint.js';
import { readFault } from './read-fault.js';

/** Where a run reads its settings and its input, and writes its lines. */
export interface Terminal {
  readonly env: Environment;
  /** See `CommandParts`. */
  readonly calledAs?: string | undefined;
  out(text: string): void;
  say(text: string): void;
  /** The terminal that `out` writes to; without it, or undefined, a file or a pipe. */
  screen?(): Screen | undefined;
  readonly stdin?: AsyncIterable<string | Uint8Array>;
  /** See `CommandParts`; without it, never. */
  untilStopped?(): Promise<void>;
}

/** Runs one command line. Returns the exit code; see `exitCodes`. */
export async function runCli(args: readonly string[], terminal: Terminal): Promise<number> {
  return exitCodes[await run(args, terminal)].code;
}

async function run(args: readonly string[], terminal: Terminal): Promise<ExitName> {
  const { out, say } = terminal;
  const columns = terminal.screen?.()?.columns;
  const found = findCommand(args);
  if (args.includes('--help')) {
    out(found ? helpOf(found.command, columns) : help(columns));
    return 'ok';
  }
  if (args.length === 1 && args[0] === '--version') {
    out(version);
    return 'ok';
  }
  if (!found) {
    say(args.length === 0 ? help(columns) : `${unknown(args)}\n\n${help(columns)}`);
    return 'usage';
  }
  try {
    await runWithParts(found.command, found.rest, terminal);
    return 'ok';
  } catch (error) {
    const fault = await readFault(error);
    if (!fault) throw error;
    for (const line of fault.lines) say(line);
    if (error instanceof UsageError) say(`\n${helpOf(found.command, columns)}`);
    return fault.exit;
  }
}

function unknown(args: readonly string[]): string {
  const names = commandTable.map(({ name }) => name);
  const near = nearestName(args.slice(0, 2).join(' '), names) ?? nearestName(args[0] ?? '', names);
  return `There is no such command${near === undefined ? '.' : `; did you mean ${near}?`}`;
}

/** Runs a command; one that writes, and came so far as to open the store, leaves an audit line. */
async function runWithParts(command: Command, args: string[], terminal: Terminal): Promise<void> {
  const { env, out, say } = terminal;
  const screen = terminal.screen ?? (() => undefined);
  const opened: Store[] = [];
  let target: AuditTarget = {};
  let status: AuditStatus = 'failed';
  const parts: CommandParts = {
    commands: commandTable,
    calledAs: terminal.calledAs ?? 'bulkwatch',
    env,
    async openStore() {
      const store = await storeOf(terminal);
      opened.push(store);
      return store;
    },
    openClient: ({ 'api-url': apiUrl }, { retries } = {}) =>
      openClient({ env, apiUrl, retries, warn: say }),
    out,
    say,
    screen,
    // https://no-color.org: set, and not empty.
    paint: screen() && !env['NO_COLOR'] ? paintForTerminal : paintNothing,
    stdin: terminal.stdin ?? noInput(),
    setTarget(about) {
      target = about;
    },
    now: () => Date.now(),
    untilStopped: terminal.untilStopped ?? (() => new Promise(() => undefined)),
  };
  try {
    await command.run(args, parts);
    status = 'done';
  } finally {
    if (command.writes && opened.length > 0) audit({ route: command.name, status, ...target }, say);
    for (const store of opened) await store.close();
  }
}

/** As the api opens it, which gives up in time. Loaded only then: most commands need none, and start in half the time. */
async function storeOf({ env, say }: Terminal): Promise<Store> {
  const { openStore } = await import('@bulkwatch/store');
  return openStore(loadSettings('cli', env), 'api', {
    onProblem: () => undefined,
    onWarning: (message) => say(message),
  });
}

async function* noInput(): AsyncGenerator<string, void, void> {}
