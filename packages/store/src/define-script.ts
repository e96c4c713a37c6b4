import { readFileSync } from 'node:fs';
import type { Redis } from 'ioredis';
import { toStoreError } from './store-unavailable.js';

export type ScriptArgument = string | number | Uint8Array;
export type ScriptReply = readonly (string | number | null)[];

/** Runs a script on a connection. Rejects with StoreUnavailableError while Redis cannot serve. */
export type Script<Key extends string, Argument extends string> = (
  redis: Redis,
  keys: Readonly<Record<Key, string>>,
  args: Readonly<Record<Argument, ScriptArgument>>,
  rest?: readonly ScriptArgument[],
) => Promise<ScriptReply>;

interface ScriptDefinition<Key extends string, Argument extends string> {
  /** Name of the file below `scripts/`, without its ending. */
  readonly name: string;
  /** Names of files below `scripts/lib/` whose functions the script calls. */
  readonly uses?: readonly string[];
  readonly keys: readonly Key[];
  readonly args: readonly Argument[];
}

type Command = (...parameters: (ScriptArgument | Buffer)[]) => Promise<ScriptReply>;

const read = (name: string): string =>
  readFileSync(new URL(`../scripts/${name}.lua`, import.meta.url), 'utf8');

/**
 * Types a Lua script once, at the border: callers name keys and arguments, and their order is written here and
 * in the header of the script only. ioredis sends EVALSHA, and the script itself when Redis has forgotten it.
 */
export function defineScript<Key extends string, Argument extends string>(
  definition: ScriptDefinition<Key, Argument>,
): Script<Key, Argument> {
  const files = [...(definition.uses ?? []).map((name) => `lib/${name}`), definition.name];
  const lua = files.map(read).join('\n');
  const command = `bulkwatch:${definition.name}`;

  return async (redis, keys, args, rest = []) => {
    const client = redis as unknown as Record<string, Command | undefined>;
    if (client[command] === undefined) {
      redis.defineCommand(command, { numberOfKeys: definition.keys.length, lua });
    }
    const run = client[command] as Command;
    const parameters = [
      ...definition.keys.map((name) => keys[name]),
      ...definition.args.map((name) => args[name]),
      ...rest,
    ].map((value) =>
      value instanceof Uint8Array
        ? Buffer.from(value.buffer, value.byteOffset, value.byteLength)
        : value,
    );
    try {
      return await run.apply(redis, parameters);
    } catch (error) {
      throw toStoreError(error);
    }
  };
}
