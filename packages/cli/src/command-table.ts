import type { Command } from './command.js';
import { keysCreate } from './commands/keys-create.js';
import { keysList } from './commands/keys-list.js';
import { keysRevoke } from './commands/keys-revoke.js';
import { sealRotate } from './commands/seal-rotate.js';

/** Every command, in the order of the help. */
export const commandTable: readonly Command[] = [keysCreate, keysList, keysRevoke, sealRotate];
