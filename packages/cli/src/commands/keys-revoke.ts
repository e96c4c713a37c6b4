import type { Command } from '../command.js';
import { CommandError, UsageError } from '../command-error.js';
import { readOptions } from '../read-options.js';

const options = {
  json: { type: 'boolean', does: 'write JSON in place of text' },
} as const;

/** Ends an API key for ever. */
export const keysRevoke: Command = {
  name: 'keys revoke',
  usage: 'ID [--json]',
  does: 'end an API key; it is refused everywhere within ten seconds',
  options,
  needs: 'redis',
  writes: true,

  async run(args, { openStore, out, say, setTarget }) {
    const { values, positionals } = readOptions(args, options);
    const [text, ...others] = positionals;
    if (text === undefined || others.length > 0) throw new UsageError('Name the id of one key.');
    const keyId = idIn(text);
    setTarget({ target: keyId });
    const result = await (await openStore()).apiKeys.revoke(keyId);
    if (result === 'not-found') throw new CommandError(`There is no key ${keyId}.`);
    if (values.json) return out(JSON.stringify({ id: keyId, result }));
    say(`Key ${keyId} ${result === 'revoked' ? 'is' : 'was already'} revoked.`);
  },
};

/** The id, also out of a whole key: then the secret goes no further. */
function idIn(text: string): string {
  const [, keyId] = /^(?:bwk_)?([0-9a-f]{16})(?:_.*)?$/.exec(text) ?? [];
  if (keyId === undefined) throw new UsageError('The id of a key is 16 hexadecimal digits.');
  return keyId;
}
