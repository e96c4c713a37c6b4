import { eventWords, jobStates, pollHealths, scopeNames } from '@bulkwatch/contract';
import type { Command, CommandOption } from '../command.js';

/** What can stand in a place: one of these words, a file, or what nobody can guess. */
export type Takes = readonly string[] | 'file' | 'anything';

export interface CompletedOption {
  /** `--state` */
  readonly name: string;
  readonly does: string;
  /** Its value; undefined where it has none. */
  readonly takes: Takes | undefined;
}

/** A command as shells are told of it. */
export interface CompletedCommand {
  readonly name: string;
  readonly does: string;
  readonly argument: Takes;
  readonly options: readonly CompletedOption[];
}

export const shells = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof shells)[number];

/** Reads the command table for shells: what a place takes is told by how the help calls it. */
export async function completeCommands(
  commands: readonly Command[],
): Promise<readonly CompletedCommand[]> {
  const { loadPresetBook } = await import('@bulkwatch/egress');
  const { scenarioNames } = await import('@bulkwatch/simulator');
  const placeholders: Readonly<Record<string, Takes>> = {
    STATE: jobStates,
    HEALTH: pollHealths,
    TYPE: eventWords,
    SCOPE: scopeNames,
    SHELL: shells,
    PRESET: (await loadPresetBook(undefined)).names(),
    SCENARIO: scenarioNames,
    FILE: 'file',
    FOLDER: 'file',
  };
  const takes = (placeholder: string): Takes => placeholders[placeholder] ?? 'anything';
  const optionOf = ([name, option]: [string, CommandOption]): CompletedOption => ({
    name: `--${name}`,
    does: option.does,
    takes: option.type === 'boolean' ? undefined : takes(option.value),
  });
  return commands.map(({ name, does, argument, options }) => ({
    name,
    does,
    argument: argument === undefined ? 'anything' : takes(argument),
    options: [...Object.entries(options).map(optionOf), help],
  }));
}

const help: CompletedOption = { name: '--help', does: 'say more', takes: undefined };

/** First words of commands that have two, with the second ones. */
export function groupsOf(
  commands: readonly CompletedCommand[],
): ReadonlyMap<string, readonly CompletedCommand[]> {
  const groups = new Map<string, CompletedCommand[]>();
  for (const command of commands) {
    const [first = '', second] = command.name.split(' ');
    if (second !== undefined) groups.set(first, [...(groups.get(first) ?? []), command]);
  }
  return groups;
}

/** The words with which a command line can begin, each with what it does. */
export function firstWordsOf(
  commands: readonly CompletedCommand[],
): readonly { readonly word: string; readonly does: string }[] {
  const groups = groupsOf(commands);
  const seconds = (word: string): string =>
    (groups.get(word) ?? []).map(({ name }) => name.split(' ')[1]).join(', ');
  return [
    ...commands
      .filter(({ name }) => !name.includes(' '))
      .map(({ name, does }) => ({ word: name, does })),
    ...[...groups.keys()].map((word) => ({ word, does: seconds(word) })),
  ];
}
