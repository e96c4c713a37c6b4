import type { ApiKey } from '@bulkwatch/store';
import type { Command } from '../command.js';
import { UsageError } from '../command-error.js';
import { readOptions } from '../read-options.js';
import { type ShownKey, showKey } from '../show-key.js';

const options = {
  tenant: { type: 'string', value: 'NAME', does: 'the keys of this tenant' },
  json: { type: 'boolean', does: 'write JSON in place of text' },
} as const;

/** Lists API keys, the oldest first; what they say is not known to anybody. */
export const keysList: Command = {
  name: 'keys list',
  usage: '[--tenant NAME] [--json]',
  does: 'list API keys: whose they are, what they may do, when they were last used',
  options,
  needs: 'redis',
  writes: false,

  async run(args, { openStore, out, say, now }) {
    const { values, positionals } = readOptions(args, options);
    if (positionals.length > 0) throw new UsageError('keys list takes options only.');
    const all = await (await openStore()).apiKeys.list();
    const keys = all.filter(({ tenant }) => [undefined, tenant].includes(values.tenant));
    if (values.json) return out(JSON.stringify(keys.map(showKey)));
    if (keys.length === 0) say('There are no keys.');
    for (const key of keys) out(lineOf(showKey(key), stateOf(key, now())));
  },
};

function stateOf({ revokedAt, expiresAt }: ApiKey, now: number): string {
  if (revokedAt !== undefined) return 'revoked';
  return expiresAt !== undefined && expiresAt <= now ? 'expired' : 'live';
}

const lineOf = ({ id, tenant, name, scopes, lastUsedAt, expiresAt }: ShownKey, state: string) =>
  [
    id,
    state.padEnd(7),
    tenant,
    JSON.stringify(name),
    scopes.join(','),
    `last used ${lastUsedAt ?? 'never'}`,
    `expires ${expiresAt ?? 'never'}`,
  ].join('  ');
