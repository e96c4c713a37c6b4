export type { Command, CommandParts } from './command.js';
export { runCli, type Terminal } from './run-cli.js';
