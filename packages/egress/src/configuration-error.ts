import { type Fault, pointerTo } from '@bulkwatch/core';

/** One thing wrong with what the operator has configured. */
export interface ConfigurationProblem {
  /** JSON Pointer into the file (RFC 6901), `the file` as a whole, or the name of a setting. */
  readonly where: string;
  readonly message: string;
}

/**
 * What a file that the settings name says, or what they say themselves about it, cannot be used. The message
 * lists every problem and no value.
 */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
  readonly problems: readonly ConfigurationProblem[];

  constructor(what: string, problems: readonly ConfigurationProblem[]) {
    const lines = problems.map(({ where, message }) => `  ${where}: ${message}`);
    super(`${what} cannot be used:\n${lines.join('\n')}`);
    this.problems = problems;
  }
}

/** A fault of a file as a problem of the configuration. */
export const inFile = ({ path, message }: Fault): ConfigurationProblem => ({
  where: pointerTo(path) || 'the file',
  message,
});
