import { isScope, isTenant, type Scope, scopeNames } from '@bulkwatch/contract';
import type { NewApiKey } from '@bulkwatch/store';
import type { Command } from '../command.js';
import { UsageError } from '../command-error.js';
import { readLifeMs } from '../read-life.js';
import { readOptions } from '../read-options.js';
import { showKey } from '../show-key.js';

const options = {
  tenant: { type: 'string', value: 'NAME', does: 'whose it is' },
  name: { type: 'string', value: 'TEXT', does: 'what it is for' },
  scope: {
    type: 'string',
    value: 'SCOPE',
    multiple: true,
    does: `what it may do: ${scopeNames.join(', ')}`,
  },
  expires: {
    type: 'string',
    value: 'SPAN',
    does: 'when it ends, such as 12h or 90d; never without it',
  },
  json: { type: 'boolean', does: 'write JSON in place of text' },
} as const;

/** Makes an API key. Standard output gets it and nothing else, so that it can be piped to where it is needed. */
export const keysCreate: Command = {
  name: 'keys create',
  usage: '--tenant NAME --name TEXT --scope SCOPE ... [--expires 90d] [--json]',
  does: 'make an API key and print it, this once',
  options,
  needs: 'redis',
  writes: true,

  async run(args, { openStore, out, say, setTarget, now }) {
    const { values, positionals } = readOptions(args, options);
    if (positionals.length > 0) throw new UsageError('keys create takes options only.');
    const wanted = readKey(values, now());
    setTarget({ tenant: wanted.tenant });
    const { key, text } = await (await openStore()).apiKeys.create(wanted);
    setTarget({ tenant: key.tenant, target: key.keyId });
    if (values.json) return out(JSON.stringify({ ...showKey(key), key: text.reveal() }));
    out(text.reveal());
    say(`Key ${key.keyId} of tenant ${key.tenant}: ${key.scopes.join(' ')}.`);
    say('It is kept nowhere and cannot be shown again.');
  },
};

type Values = { tenant?: string; name?: string; scope?: string[]; expires?: string };

function readKey({ tenant, name, scope, expires }: Values, now: number): NewApiKey {
  if (tenant === undefined || !isTenant(tenant))
    throw new UsageError('--tenant must be 1 to 63 letters, digits, dots, dashes and underscores.');
  if (name === undefined || !/^[^\p{Cc}]{1,100}$/u.test(name))
    throw new UsageError('--name must say whom the key is for, in 1 to 100 characters.');
  const scopes = readScopes(scope);
  return {
    tenant,
    name,
    scopes,
    ...(expires === undefined ? {} : { expiresAt: now + readLifeMs(expires) }),
  };
}

/** Scopes may be given one by one, or several with commas or blanks between. */
function readScopes(texts: readonly string[] = []): Scope[] {
  const words = texts.flatMap((text) => text.split(/[\s,]+/)).filter((word) => word !== '');
  const unknown = words.find((word) => !isScope(word));
  if (unknown !== undefined || words.length === 0)
    throw new UsageError(`--scope must be one of ${scopeNames.join(', ')}; it may be repeated.`);
  return [...new Set(words.filter(isScope))];
}
