import type { ScriptReply } from '@bulkwatch/store/parts';
import type { Redis } from 'ioredis';
import type { ScriptArgument, Transition } from '../transitions/transition.js';
import { Commands } from './commands.js';
import type { KeySpace } from './key-space.js';

type Call = (...parameters: readonly (string | number | Buffer)[]) => Promise<ScriptReply>;

/** Runs a call of a script, or of a command, by its name. */
export type Carry = (name: string, run: () => unknown) => Promise<unknown>;

/**
 * A Redis for the store's own code, without a server: scripts are run as their transitions on a key space, one at a time.
 * `carry` stands between caller and Redis, and is where requests and replies are lost or late.
 */
export function simulatedRedis(
  space: KeySpace,
  transitions: Readonly<Record<string, Transition>>,
  carry: Carry = async (_name, run) => run(),
): Redis {
  const commands = new Commands(space);
  const client: Record<string, unknown> = {
    defineCommand(command: string, { numberOfKeys = 0 }: { numberOfKeys?: number }) {
      const name = command.replace(/^bulkwatch:/, '');
      const transition = transitions[name];
      if (!transition) throw new Error(`no transition stands for ${name}.lua`);
      const call: Call = (...parameters) => {
        const keys = parameters.slice(0, numberOfKeys).map(String);
        const args = parameters.slice(numberOfKeys).map(argument);
        return carry(name, () => transition(commands, keys, args)) as Promise<ScriptReply>;
      };
      client[command] = call;
    },
    ...plainCommands(commands, carry),
  };
  return client as unknown as Redis;
}

const argument = (value: string | number | Buffer): ScriptArgument =>
  typeof value === 'number' ? String(value) : value;

/** The few commands that the store sends as they are, to read. */
function plainCommands(commands: Commands, carry: Carry): Record<string, unknown> {
  return {
    hgetall: (key: string) => carry('hgetall', () => commands.hgetall(key)),
    hget: (key: string, field: string) => carry('hget', () => commands.hget(key, field) ?? null),
    hmget: (key: string, ...fields: readonly string[]) =>
      carry('hmget', () => commands.hmget(key, ...fields).map((value) => value ?? null)),
  };
}
