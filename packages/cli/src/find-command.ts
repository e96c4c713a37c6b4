import type { Command } from './command.js';
import { commandTable } from './command-table.js';

/** The command that a command line names in its first one or two words, and the arguments after them. */
export function findCommand(
  args: readonly string[],
): { readonly command: Command; readonly rest: string[] } | undefined {
  for (const length of [2, 1]) {
    const command = commandTable.find(({ name }) => name === args.slice(0, length).join(' '));
    if (command) return { command, rest: args.slice(length) };
  }
  return undefined;
}
