import type { ScriptReply } from '@bulkwatch/store/parts';
import type { Redis } from 'ioredis';
import type { ScriptArgument, Transition } from '../transitions/transition.js';
import { Commands } from './commands.js';
import type { KeySpace } from './key-space.js';
import { replyOf } from './lua-number.js';
import { plainCommands } from './plain-commands.js';

type Parameters = readonly (string | number | Buffer)[];
type Call = (...parameters: Parameters) => Promise<unknown>;

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
        return carry(name, () => replied(transition(commands, keys, args)));
      };
      client[command] = call;
    },
  };
  for (const [name, run] of Object.entries(plainCommands)) {
    const call: Call = (...parameters) =>
      carry(name, () => run(commands, ...parameters.flatMap(flat)));
    client[name] = call;
  }
  return client as unknown as Redis;
}

/** ioredis takes the fields of a hash as an object too. */
const flat = (value: Parameters[number] | object): readonly string[] =>
  typeof value === 'object' && !Buffer.isBuffer(value)
    ? Object.entries(value).flat().map(String)
    : [String(value)];

const argument = (value: string | number | Buffer): ScriptArgument =>
  typeof value === 'number' ? String(value) : value;

/** As Redis makes it of what a script returns. */
const replied = (reply: ScriptReply): ScriptReply =>
  reply.map((value) => (typeof value === 'number' ? replyOf(value) : value));
