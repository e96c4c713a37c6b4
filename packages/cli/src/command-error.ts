import type { ExitName } from './exit-codes.js';

/** The command was understood and could not be done; the message is all that there is to say. */
export class CommandError extends Error {
  override readonly name: string = 'CommandError';
  readonly exit: ExitName;

  constructor(message: string, exit: ExitName = 'failed') {
    super(message);
    this.exit = exit;
  }
}

/** The command cannot be called like this; the help follows the message. */
export class UsageError extends CommandError {
  override readonly name = 'UsageError';

  constructor(message: string) {
    super(message, 'usage');
  }
}
