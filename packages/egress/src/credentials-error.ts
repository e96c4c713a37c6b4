/** One thing wrong with the credentials file. */
export interface CredentialsProblem {
  /** JSON Pointer into the file (RFC 6901); empty for the file as a whole. */
  readonly pointer: string;
  readonly message: string;
}

/** The credentials file cannot be used. The message lists every problem and no value. */
export class CredentialsError extends Error {
  override readonly name = 'CredentialsError';
  readonly problems: readonly CredentialsProblem[];

  constructor(file: string, problems: readonly CredentialsProblem[]) {
    const lines = problems.map(({ pointer, message }) => `  ${pointer || 'the file'}: ${message}`);
    super(`The credentials file ${file} cannot be used:\n${lines.join('\n')}`);
    this.problems = problems;
  }
}
