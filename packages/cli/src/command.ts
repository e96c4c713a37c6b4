import type { Store } from '@bulkwatch/store';

/** What a command writes to: never a secret. */
export interface AuditTarget {
  readonly tenant?: string;
  /** Id of a key. */
  readonly target?: string;
}

/** What a command needs of the world. */
export interface CommandParts {
  /** Opens the store that the settings name; it is closed when the command is over. */
  openStore(): Promise<Store>;
  /** Writes a line of the result to standard output. */
  out(line: string): void;
  /** Says something to the person at the keyboard, on standard error. */
  say(line: string): void;
  /** Notes what is written to, for the audit line; only commands that write have one. */
  setTarget(target: AuditTarget): void;
  /** Epoch ms. */
  now(): number;
}

/** One command; each is a file in `commands/`. */
export interface Command {
  /** How it is called: `keys create`. */
  readonly name: string;
  /** Its arguments, as the help shows them. */
  readonly usage: string;
  /** One line: what it does. */
  readonly does: string;
  /** Whether it would change something, and so leaves an audit line. */
  readonly writes: boolean;
  /**
   * Runs it with the arguments after its name.
   *
   * @throws UsageError when it cannot be called so, CommandError when it cannot be done.
   */
  run(args: string[], parts: CommandParts): Promise<void>;
}
