import type { Command } from '../command.js';
import { UsageError } from '../command-error.js';
import { bashCompletion } from '../completion/bash.js';
import {
  type CompletedCommand,
  completeCommands,
  type Shell,
  shells,
} from '../completion/complete-commands.js';
import { fishCompletion } from '../completion/fish.js';
import { zshCompletion } from '../completion/zsh.js';
import { readOptions } from '../read-options.js';

const options = {
  json: { type: 'boolean', does: 'write commands and options as JSON, in place of a script' },
} as const;

const scripts: Readonly<Record<Shell, (commands: readonly CompletedCommand[]) => string>> = {
  bash: bashCompletion,
  zsh: zshCompletion,
  fish: fishCompletion,
};

/** Prints what makes a shell complete command lines; it is generated from the command table. */
export const completion: Command = {
  name: 'completion',
  usage: `${shells.join('|')} | --json`,
  does: 'print what makes a shell complete commands, options and their values by Tab',
  notes: ['The first lines of what is printed say where it belongs.'],
  options,
  argument: 'SHELL',
  needs: 'nothing',
  writes: false,

  async run(args, { commands, out }) {
    const { values, positionals } = readOptions(args, options);
    const shell = shells.find((known) => known === positionals[0]);
    if (positionals.length !== (values.json ? 0 : 1) || (!values.json && shell === undefined))
      throw new UsageError(`Name the shell: ${shells.join(', ')}.`);
    const completed = await completeCommands(commands);
    if (shell === undefined) return out(JSON.stringify(completed));
    out(scripts[shell](completed));
  },
};
