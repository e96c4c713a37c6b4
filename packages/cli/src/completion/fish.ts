import {
  type CompletedCommand,
  type CompletedOption,
  firstWordsOf,
  groupsOf,
  type Takes,
} from './complete-commands.js';
import { quoteForFish as quote } from './quote.js';

/** The completion of fish. */
export function fishCompletion(commands: readonly CompletedCommand[]): string {
  return [
    '# Completion of bulkwatch for fish: bulkwatch completion fish > ~/.config/fish/completions/bulkwatch.fish',
    '# Whether the command line begins with these words, and there is no other, or more.',
    'function __bulkwatch_begins',
    '  set -l given (commandline -opc)',
    '  set -l last (math (count $argv) + 1)',
    '  test (count $given) -ge $last; and test "$given[2..$last]" = "$argv"',
    'end',
    'function __bulkwatch_is',
    '  set -l given (commandline -opc)',
    '  test "$given[2..-1]" = "$argv"',
    'end',
    'complete -c bulkwatch -f',
    ...firstWordsOf(commands).map(({ word, does }) =>
      add('__bulkwatch_is', `-a ${quote(word)}`, does),
    ),
    ...[...groupsOf(commands)].flatMap(([first, members]) =>
      members.map(({ name, does }) =>
        add(`__bulkwatch_is ${first}`, `-a ${quote(name.split(' ')[1] ?? '')}`, does),
      ),
    ),
    ...commands.flatMap(linesOf),
  ].join('\n');
}

function linesOf({ name, argument, options }: CompletedCommand): string[] {
  const when = `__bulkwatch_begins ${name}`;
  return [
    ...(argument === 'anything' ? [] : [add(when, valueOf(argument))]),
    ...options.map((option) => add(when, optionOf(option), option.does)),
  ];
}

const optionOf = ({ name, takes }: CompletedOption): string =>
  `-l ${name.slice(2)}${takes === undefined ? '' : ` -r ${valueOf(takes)}`}`.trimEnd();

function valueOf(takes: Takes): string {
  if (takes === 'file') return '-F';
  return takes === 'anything' ? '-f' : `-f -a ${quote(takes.join(' '))}`;
}

const add = (when: string, what: string, does?: string): string =>
  [
    `complete -c bulkwatch -n ${quote(when)}`,
    what,
    ...(does === undefined ? [] : ['-d', quote(does)]),
  ].join(' ');
