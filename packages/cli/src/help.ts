import type { Command, CommandOption } from './command.js';
import { commandTable } from './command-table.js';
import { wrapWords } from './wrap-words.js';

/** What `bulkwatch --help` says, in lines of so many characters at most. */
export function help(columns?: number): string {
  const pairOf = ({ name, does }: Command) => [`bulkwatch ${name}`, does] as const;
  const width = widthOf(commandTable.map(pairOf));
  const linesOf = (needs: Command['needs']): string[] => {
    const commands = commandTable.filter((command) => command.needs === needs);
    return pairLines(commands.map(pairOf), { width, columns });
  };
  return [
    'usage: bulkwatch COMMAND [ARGUMENTS] | --version; bulkwatch COMMAND --help says more',
    '',
    'With the api in BULKWATCH_API_URL and a key in BULKWATCH_API_KEY:',
    ...linesOf('api'),
    '',
    'With the Redis of Bulkwatch in BULKWATCH_REDIS_URL:',
    ...linesOf('redis'),
    '',
    'On this machine:',
    ...linesOf('nothing'),
  ].join('\n');
}

/** How a command is called. */
export const usageOf = ({ name, usage }: Command): string => `bulkwatch ${name} ${usage}`;

/** What `--help` says of one command, in lines of so many characters at most. */
export function helpOf(command: Command, columns?: number): string {
  const options = Object.entries(command.options).map(
    ([name, option]) => [optionForm(name, option), option.does] as const,
  );
  const lineWidth = columns ?? Number.POSITIVE_INFINITY;
  const sentences = [command.does, ...(command.notes ?? [])];
  return [
    ...wrapWords(`usage: ${usageOf(command)}`, lineWidth, '         '),
    ...sentences.flatMap((text) => wrapWords(`  ${text}`, lineWidth, '  ')),
    '',
    ...pairLines(options, { width: widthOf(options), columns }),
  ].join('\n');
}

type Pair = readonly [first: string, second: string];

/** Of a first column with room on both sides. */
const widthOf = (pairs: readonly Pair[]): number =>
  Math.max(...pairs.map(([first]) => first.length)) + 4;

/** Two columns, of which the second is broken between its words; not where the first leaves it no room. */
function pairLines(
  pairs: readonly Pair[],
  { width, columns = 0 }: { readonly width: number; readonly columns?: number | undefined },
): string[] {
  const room = columns - width < 20 ? Number.POSITIVE_INFINITY : columns - width;
  return pairs.flatMap(([first, second]) =>
    wrapWords(second, room).map(
      (line, index) => (index === 0 ? `  ${first}` : '').padEnd(width) + line,
    ),
  );
}

/** An option as one writes it: `--label KEY:VALUE ...`. */
export function optionForm(name: string, option: CommandOption): string {
  if (option.type === 'boolean') return `--${name}`;
  return `--${name} ${option.value}${option.multiple ? ' ...' : ''}`;
}
