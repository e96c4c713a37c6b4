import type { Command, CommandOption } from './command.js';
import { commandTable } from './command-table.js';

/** What `bulkwatch --help` says. */
export function help(): string {
  const width = Math.max(...commandTable.map(({ name }) => name.length));
  const linesOf = (needs: Command['needs']): string[] =>
    commandTable
      .filter((command) => command.needs === needs)
      .map(({ name, does }) => `  bulkwatch ${name.padEnd(width)}  ${does}`);
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

/** What `--help` says of one command. */
export function helpOf(command: Command): string {
  const options = Object.entries(command.options).map(([name, option]) => ({
    form: optionForm(name, option),
    does: option.does,
  }));
  const width = Math.max(...options.map(({ form }) => form.length));
  return [
    `usage: ${usageOf(command)}`,
    `  ${command.does}`,
    ...(command.notes ?? []).map((note) => `  ${note}`),
    '',
    ...options.map(({ form, does }) => `  ${form.padEnd(width)}  ${does}`),
  ].join('\n');
}

/** An option as one writes it: `--label KEY:VALUE ...`. */
export function optionForm(name: string, option: CommandOption): string {
  if (option.type === 'boolean') return `--${name}`;
  return `--${name} ${option.value}${option.multiple ? ' ...' : ''}`;
}
