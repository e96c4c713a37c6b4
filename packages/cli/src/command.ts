import type { Client } from '@bulkwatch/client';
import type { Environment } from '@bulkwatch/runtime';
import type { Store } from '@bulkwatch/store';
import type { Paint } from './paint.js';

/** What a command writes to: never a secret. */
export interface AuditTarget {
  readonly tenant?: string;
  /** Id of a key. */
  readonly target?: string;
}

/** A terminal that standard output goes to, in characters, as large as it is at the moment. */
export interface Screen {
  readonly columns: number;
  readonly rows: number;
}

/** What a command needs of the world. */
export interface CommandParts {
  /** All commands there are. */
  readonly commands: readonly Command[];
  /** How this program was called: `bulkwatch`, from a clone `./bulkwatch`. */
  readonly calledAs: string;
  readonly env: Environment;
  /** Opens the store that the settings name; it is closed when the command is over. */
  openStore(): Promise<Store>;
  /** A client of the api that the settings, or `--api-url`, name. Throws UsageError where that is no URL. */
  openClient(
    values: { readonly 'api-url'?: string | undefined },
    options?: { readonly retries?: number },
  ): Client;
  /** Writes a line of the result to standard output. */
  out(line: string): void;
  /** Says something to the person at the keyboard, on standard error. */
  say(line: string): void;
  /** Undefined where standard output goes to a file or a pipe. */
  screen(): Screen | undefined;
  /** Colours a text, where colours are wanted. */
  readonly paint: Paint;
  /** Standard input, in pieces as they come. */
  readonly stdin: AsyncIterable<string | Uint8Array>;
  /** Notes what is written to, for the audit line; only commands that write have one. */
  setTarget(target: AuditTarget): void;
  /** Epoch ms. */
  now(): number;
  /** Resolves when somebody wants the program to end (Ctrl-C, SIGTERM), which until it is asked ends it at once. */
  untilStopped(): Promise<void>;
}

/** An option, as `parseArgs` takes it and the help shows it. */
export type CommandOption = { readonly does: string } & (
  | { readonly type: 'boolean' }
  | { readonly type: 'string'; readonly value: string; readonly multiple?: boolean }
);

export type CommandOptions = Readonly<Record<string, CommandOption>>;

/** One command; each is a file in `commands/`. */
export interface Command {
  /** How it is called: `keys create`. */
  readonly name: string;
  /** Its arguments and the options that matter most, as the help shows them. */
  readonly usage: string;
  /** One line: what it does. */
  readonly does: string;
  /** More to know, for its own help; sentences. */
  readonly notes?: readonly string[];
  readonly options: CommandOptions;
  /** How the help calls its arguments, where a shell can complete them: `SCENARIO`. */
  readonly argument?: string;
  /** Whom it speaks to, first of all: the api, Redis, or nobody who has to be there. */
  readonly needs: 'api' | 'redis' | 'nothing';
  /** Whether it would change what is in Redis, and so leaves an audit line; the api writes its own. */
  readonly writes: boolean;
  /**
   * Runs it with the arguments after its name.
   *
   * @throws UsageError when it cannot be called so, CommandError when it cannot be done, BulkwatchError of the client.
   */
  run(args: string[], parts: CommandParts): Promise<void>;
}
