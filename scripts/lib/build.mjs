import { mustRun } from './run-command.mjs';

/**
 * Compiles what changed. `tsc -b` compares its own records with the sources and ends in a third of a second
 * when there is nothing to do, so no second record of staleness is kept here.
 */
export const buildCommand = { command: 'node_modules/.bin/tsc', args: ['-b'] };

/** Builds, or halts with what the compiler says. */
export function build() {
  return mustRun({ what: 'build', ...buildCommand });
}
