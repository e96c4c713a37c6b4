import { type Environment, loadSettings, SettingsError } from '@bulkwatch/runtime';
import {
  openStore,
  RequirementsError,
  SealKeysError,
  type Store,
  StoreUnavailableError,
} from '@bulkwatch/store';
import { type AuditStatus, audit } from './audit.js';
import type { AuditTarget, Command, CommandParts } from './command.js';
import { CommandError, UsageError } from './command-error.js';
import { commandTable } from './command-table.js';

/** Where a run reads its settings and writes its lines. */
export interface Terminal {
  readonly env: Environment;
  out(text: string): void;
  say(text: string): void;
}

/** Faults whose message is all that there is to say. */
const plainFaults = [
  CommandError,
  SettingsError,
  RequirementsError,
  SealKeysError,
  StoreUnavailableError,
];

/** Runs one command line. Returns the exit code: 0, 1 when it could not be done, 2 when it made no sense. */
export async function runCli(args: readonly string[], terminal: Terminal): Promise<number> {
  const { out, say } = terminal;
  if (args.length === 0 || args.includes('--help')) {
    (args.length === 0 ? say : out)(help());
    return args.length === 0 ? 2 : 0;
  }
  const command = commandTable.find(({ name }) => args.slice(0, 2).join(' ') === name);
  try {
    if (!command) throw new UsageError('There is no such command.');
    await runWithStore(command, args.slice(2), terminal);
    return 0;
  } catch (error) {
    if (!plainFaults.some((fault) => error instanceof fault)) throw error;
    say((error as Error).message);
    if (!(error instanceof UsageError)) return 1;
    say(`\n${command ? usageOf(command) : help()}`);
    return 2;
  }
}

/** Runs a command; one that writes, and came so far as to open the store, leaves an audit line. */
async function runWithStore(command: Command, args: string[], terminal: Terminal): Promise<void> {
  const opened: Store[] = [];
  let target: AuditTarget = {};
  let status: AuditStatus = 'failed';
  const parts: CommandParts = {
    async openStore() {
      const store = await storeOf(terminal);
      opened.push(store);
      return store;
    },
    out: terminal.out,
    say: terminal.say,
    setTarget(about) {
      target = about;
    },
    now: () => Date.now(),
  };
  try {
    await command.run(args, parts);
    status = 'done';
  } finally {
    if (command.writes && opened.length > 0)
      audit({ route: command.name, status, ...target }, terminal.say);
    for (const store of opened) await store.close();
  }
}

/** As the api opens it, which gives up in time. */
const storeOf = ({ env, say }: Terminal): Promise<Store> =>
  openStore(loadSettings('cli', env), 'api', {
    onProblem: () => undefined,
    onWarning: (message) => say(message),
  });

const usageOf = ({ name, usage, does }: Command): string =>
  `  bulkwatch ${name} ${usage}\n      ${does}`;

const help = (): string =>
  [
    'usage: bulkwatch COMMAND, with the Redis of Bulkwatch in BULKWATCH_REDIS_URL:',
    ...commandTable.map(usageOf),
  ].join('\n\n');
