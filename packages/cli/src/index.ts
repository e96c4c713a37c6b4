export type { Command, CommandParts } from './command.js';
export { commandTable } from './command-table.js';
export { exitCodes } from './exit-codes.js';
export { optionForm, usageOf } from './help.js';
export { runCli, type Terminal } from './run-cli.js';
