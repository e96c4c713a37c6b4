import type { ScriptReply } from '@bulkwatch/store/parts';
import type { Commands } from '../redis/commands.js';

/** An argument as a script gets it: text, or bytes that it only passes on. */
export type ScriptArgument = string | Uint8Array;

/**
 * What a Lua script does, in TypeScript: the same keys and arguments in the same order, the same reply, the same data
 * afterwards. The tests of equivalence run both on alike data and compare all of that.
 */
export type Transition = (
  redis: Commands,
  keys: readonly string[],
  args: readonly ScriptArgument[],
) => ScriptReply;
